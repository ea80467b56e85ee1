using System.Globalization;
using CondaFuse.Platform;

namespace CondaFuse.Registry.Fetching;

/// <summary>
/// What a session tells the fetcher about itself: where its credentials are, its proxy, its certificates. Not the credentials themselves, and no
/// other variables.
/// </summary>
public sealed record MountSettings
{
    private static readonly string[] Names =
    [
        "DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY",
        "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY",
        "GNUPGHOME", "PASSWORD_STORE_DIR", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG", "AZURE_CONFIG_DIR",
    ];

    /// <summary>The user's home directory.</summary>
    public required string Home { get; init; }

    /// <summary>PATH, for credential helpers.</summary>
    public required string SearchPath { get; init; }

    /// <summary>A file of certificates to trust; null for none.</summary>
    public string? CaFile { get; init; }

    /// <summary>Whether to accept any certificate, and plain http.</summary>
    public bool Insecure { get; init; }

    /// <summary>The largest size of the cache in bytes.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>The variables that matter, <c>NAME=value</c> each.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>The variables that matter for a fetcher.</summary>
    public static IReadOnlyList<string> Choose(Func<string, string?> variable) =>
        [.. Names.Where(name => variable(name) is not null).Select(name => $"{name}={variable(name)}")];

    /// <summary>The settings as texts without NUL.</summary>
    internal IReadOnlyList<string> ToTexts() =>
        [Home, SearchPath, CaFile ?? "", Insecure ? "insecure" : "", CacheBytes.ToString(CultureInfo.InvariantCulture), .. Variables];

    /// <summary>The settings of some texts; null if they have another form.</summary>
    internal static MountSettings? Parse(IReadOnlyList<string> texts) =>
        texts is [var home, var path, var ca, var insecure, var bytes, ..] && long.TryParse(bytes, CultureInfo.InvariantCulture, out var limit)
            ? new MountSettings
            {
                Home = home, SearchPath = path, CaFile = ca.Length > 0 ? ca : null, Insecure = insecure.Length > 0, CacheBytes = limit,
                Variables = [.. texts.Skip(5)],
            }
            : null;

    /// <summary>A name for the settings: equal ones have the same.</summary>
    internal string Name
    {
        get
        {
            Span<byte> digest = stackalloc byte[Sha256.DigestBytes];
            Sha256.Hash(System.Text.Encoding.UTF8.GetBytes(string.Join('\0', ToTexts())), digest);
            return $"registry-{Convert.ToHexStringLower(digest[..8])}.settings";
        }
    }

    /// <summary>The settings for requests.</summary>
    internal RegistrySettings ForRequests(TimeProvider clock, RetryPolicy policy)
    {
        var variables = Variables.Select(variable => variable.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new RegistrySettings
        {
            Home = Home, Variable = name => variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null,
            SearchPath = SearchPath.Split(':', StringSplitOptions.RemoveEmptyEntries),
            Environment = [.. Variables, $"HOME={Home}", $"PATH={SearchPath}"], Clock = clock, CaFile = CaFile, Insecure = Insecure,
            RetryPolicy = policy,
        };
    }
}

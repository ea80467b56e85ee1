using System.Text.RegularExpressions;

namespace CondaFuse.Registry;

/// <summary>
/// The place of an environment: <c>[oci://]HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST]</c>, by the rules of the distribution specification.
/// </summary>
public sealed partial record RegistryReference
{
    /// <summary>The beginning of a reference where an environment's name could stand as well.</summary>
    public const string Scheme = "oci://";

    /// <summary>The tag if none is given.</summary>
    public const string DefaultTag = "latest";

    private const int MaxLength = 1024;
    private const int MaxRepository = 255;
    private const int Timeout = 1000;

    /// <summary>Docker's registry answers at another host than its references name.</summary>
    private const string DockerHub = "docker.io";
    private const string DockerHubHost = "registry-1.docker.io";

    private RegistryReference(string registry, string repository, string? tag, Hash? digest) =>
        (Registry, Repository, Tag, Digest) = (registry, repository, tag, digest);

    /// <summary>The host, with a port if one is given.</summary>
    public string Registry { get; }

    /// <summary>The repository's path.</summary>
    public string Repository { get; }

    /// <summary>The tag; null if none is given.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest; null if none is given.</summary>
    public Hash? Digest { get; }

    /// <summary>The repository's last component.</summary>
    public string LastName => Repository[(Repository.LastIndexOf('/') + 1)..];

    /// <summary>The repository, for messages.</summary>
    public string RepositoryText => $"{Registry}/{Repository}";

    /// <summary>The host and port that requests go to.</summary>
    internal string Endpoint => Registry == DockerHub ? DockerHubHost : Registry;

    /// <summary>The port for plain http.</summary>
    internal int PlainPort => new Uri($"http://{Endpoint}/").Port;

    /// <summary>The name of the manifest in requests: the digest if there is one, else the tag.</summary>
    internal string ManifestName => Digest?.ToString() ?? Tag ?? DefaultTag;

    /// <summary>Whether a word is a reference where a name could stand as well.</summary>
    public static bool IsOne(string word) => word?.StartsWith(Scheme, StringComparison.Ordinal) == true;

    /// <summary>Checks a reference.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.BadReference"/>.</exception>
    public static RegistryReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = IsOne(text) ? text[Scheme.Length..] : text;
        if (rest.Length > MaxLength || Pattern().Match(rest) is not { Success: true } match || match.Groups["path"].Length > MaxRepository)
        {
            throw Bad(text, "is not a reference to a registry");
        }

        var digest = match.Groups["digest"] is { Success: true } found
            ? Hash.TryParse(found.Value) ?? throw Bad(text, "has a digest that is not of SHA-256")
            : null;
        var host = match.Groups["host"].Value.ToLowerInvariant();
        if (!host.Contains('.', StringComparison.Ordinal) && !host.Contains(':', StringComparison.Ordinal) && host != "localhost")
        {
            throw Bad(text, "names no registry");
        }

        return new RegistryReference(
            host, match.Groups["path"].Value, match.Groups["tag"] is { Success: true } tag ? tag.Value : null, digest);
    }

    /// <summary>Checks the name of a repository, which has no tag.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.BadReference"/>.</exception>
    public static RegistryReference ParseRepository(string text)
    {
        var reference = Parse(text);
        return reference is { Tag: null, Digest: null } ? reference : throw Bad(text, "has a tag or a digest; only the repository is wanted here");
    }

    /// <summary>The same repository with another tag.</summary>
    public RegistryReference WithTag(string tag) => new(Registry, Repository, tag, digest: null);

    /// <summary>Whether a text has the form of a tag.</summary>
    internal static bool IsTag(string text) => TagPattern().IsMatch(text);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{RepositoryText}{(Tag is null && Digest is not null ? "" : $":{Tag ?? DefaultTag}")}{(Digest is { } digest ? $"@{digest}" : "")}";

    private static RegistryException Bad(string text, string what) =>
        new(RegistryFault.BadReference, $"'{text}' {what}") { Hint = "write HOST/REPOSITORY:TAG, for example registry.example.org/team/env:latest" };

    [GeneratedRegex(
        @"\A(?<host>([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?)"
        + @"/(?<path>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)"
        + @"(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@(?<digest>[A-Za-z0-9+._-]+:[0-9a-zA-Z]+))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout)]
    private static partial Regex TagPattern();
}

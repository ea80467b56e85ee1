using System.Text;
using System.Text.Json;

namespace CondaFuse.Registry.Credentials;

/// <summary>docker's <c>config.json</c> or podman's <c>auth.json</c>, as far as it is about credentials.</summary>
internal sealed class CredentialFile
{
    private readonly Dictionary<string, Credential> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _helpers = new(StringComparer.Ordinal);
    private string? _helper;

    private CredentialFile()
    {
    }

    /// <summary>Parses a file.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Denied"/>: it is not valid JSON of that form.</exception>
    public static CredentialFile Parse(ReadOnlyMemory<byte> content, string path)
    {
        var file = new CredentialFile();
        try
        {
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            file._helper = Text(root, "credsStore");
            foreach (var entry in Entries(root, "auths"))
            {
                if (CredentialOf(entry.Value) is { } credential)
                {
                    file._stored.TryAdd(KeyOf(entry.Name), credential);
                }
            }

            foreach (var entry in Entries(root, "credHelpers").Where(entry => entry.Value.ValueKind == JsonValueKind.String))
            {
                file._helpers.TryAdd(KeyOf(entry.Name), entry.Value.GetString()!);
            }

            return file;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            // The parser's own message could quote a secret.
            throw new RegistryException(RegistryFault.Denied, $"cannot read the credentials in {path}: it is not valid JSON of docker or podman");
        }
    }

    /// <summary>The helper that knows a registry's credential; null if there is none.</summary>
    public string? HelperFor(string registry) => _helpers.GetValueOrDefault(registry) ?? _helper;

    /// <summary>The credential in the file itself.</summary>
    public Credential? Stored(string registry) => _stored.GetValueOrDefault(registry);

    /// <summary>Old entries are addresses: <c>https://index.docker.io/v1/</c>.</summary>
    private static string KeyOf(string name)
    {
        var start = name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        var end = name.IndexOf('/', start);
        return (end < 0 ? name[start..] : name[start..end]).ToLowerInvariant();
    }

    private static IEnumerable<JsonProperty> Entries(JsonElement root, string name) =>
        root.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Object ? found.EnumerateObject() : [];

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static Credential? CredentialOf(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var credential = new Credential
        {
            User = Text(entry, "username") ?? "", Password = Text(entry, "password"), IdentityToken = Text(entry, "identitytoken"),
            RegistryToken = Text(entry, "registrytoken"),
        };
        if (Text(entry, "auth") is { } pair && Encoding.UTF8.GetString(Convert.FromBase64String(pair)).TrimEnd('\0') is var text
            && text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            credential = credential with { User = text[..colon], Password = text[(colon + 1)..] };
        }

        return credential is { Password: null, IdentityToken: null, RegistryToken: null } ? null : credential;
    }
}

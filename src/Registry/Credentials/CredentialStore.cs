using CondaFuse.Platform;

namespace CondaFuse.Registry.Credentials;

/// <summary>What the user logs in with.</summary>
internal sealed record Credential
{
    public string User { get; init; } = "";

    /// <summary>Null if there is only a token.</summary>
    public string? Password { get; init; }

    /// <summary>A token that is exchanged for others.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>A token that is sent as it is.</summary>
    public string? RegistryToken { get; init; }

    /// <summary>Never shows a secret.</summary>
    public override string ToString() => nameof(Credential);
}

/// <summary>
/// The credentials that docker and podman stored: <c>$DOCKER_CONFIG/config.json</c> or <c>~/.docker/config.json</c>, then <c>$REGISTRY_AUTH_FILE</c>
/// or podman's <c>auth.json</c>. They are only read.
/// </summary>
/// <param name="settings">The home directory and the variables.</param>
internal sealed class CredentialStore(RegistrySettings settings)
{
    private const string DockerHubKey = "index.docker.io";

    /// <summary>The credential for a registry; null if there is none.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Denied"/>: a file or a helper is broken.</exception>
    public Credential? Find(string registry)
    {
        string[] names = registry == "docker.io" ? [registry, DockerHubKey] : [registry];
        return Files().Select(Read).OfType<CredentialFile>()
            .Select(file => names.Select(name => Find(file, name)).FirstOrDefault(found => found is not null))
            .FirstOrDefault(found => found is not null);
    }

    private Credential? Find(CredentialFile file, string registry) =>
        file.HelperFor(registry) is { } helper && new CredentialHelper(settings).Ask(helper, ServerOf(registry)) is { } given
            ? given
            : file.Stored(registry);

    private static string ServerOf(string registry) => registry == DockerHubKey ? "https://index.docker.io/v1/" : registry;

    private IEnumerable<string> Files()
    {
        yield return Path.Combine(settings.Variable("DOCKER_CONFIG") ?? Path.Combine(settings.Home, ".docker"), "config.json");
        if (settings.Variable("REGISTRY_AUTH_FILE") is { } given)
        {
            yield return given;
            yield break;
        }

        if (settings.Variable("XDG_RUNTIME_DIR") is { } runtime)
        {
            yield return Path.Combine(runtime, "containers", "auth.json");
        }

        yield return Path.Combine(settings.Variable("XDG_CONFIG_HOME") ?? Path.Combine(settings.Home, ".config"), "containers", "auth.json");
    }

    private static CredentialFile? Read(string path)
    {
        try
        {
            using var file = PlainFile.OpenToRead(path);
            return CredentialFile.Parse(PlainFile.ReadAll(file), path);
        }
        catch (PlatformException failure) when (failure.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
        catch (PlatformException failure)
        {
            throw new RegistryException(RegistryFault.Denied, $"cannot read the credentials in {path}: {failure.Message}", failure);
        }
    }
}

namespace CondaFuse.Registry.Distribution;

/// <summary>The types of content in a registry (docs/formats.md, "In a registry").</summary>
internal static class MediaTypes
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";

    public const string Artifact = "application/vnd.condafuse.environment.v1";

    public const string Config = "application/vnd.condafuse.environment.config.v1+json";

    public const string Head = "application/vnd.condafuse.environment.head.v1";

    public const string Data = "application/vnd.condafuse.environment.data.v1";

    public const string Index = "application/vnd.condafuse.environment.index.v1";

    public const string FirstUses = "application/vnd.condafuse.environment.first-uses.v1";

    public const string Octets = "application/octet-stream";

    /// <summary>Kinds of manifests; others than ours are accepted so that a message can say what is there.</summary>
    public static IReadOnlyList<string> Manifests { get; } =
    [
        Manifest, "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ];
}

/// <summary>A blob that a manifest names.</summary>
/// <param name="MediaType">What it is.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its length in bytes.</param>
internal sealed record Descriptor(string MediaType, Hash Digest, long Size)
{
    /// <summary>The name of a file that other tools give it; null if they leave it out.</summary>
    public string? Title { get; init; }
}

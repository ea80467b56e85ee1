using CondaFuse.Images;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Registry.Layout;
using CondaFuse.Registry.Transfer;

namespace CondaFuse.Registry.Fetching;

/// <summary>A request to describe what a reference names.</summary>
/// <param name="Reference">The reference.</param>
/// <param name="Cache">The folder of the cache.</param>
/// <param name="LowerCache">A cache that others filled; null for none.</param>
/// <param name="Timeout">How long each read of the mount waits for the registry.</param>
/// <param name="Settings">The session.</param>
public sealed record MountRequest(string Reference, string Cache, string? LowerCache, TimeSpan Timeout, MountSettings Settings)
{
    /// <summary>The request to the fetcher.</summary>
    public IReadOnlyList<string> ToTexts() =>
    [
        FetchMessage.Resolve, Reference, Cache, LowerCache ?? "",
        ((long)Timeout.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture), .. Settings.ToTexts(),
    ];

    /// <summary>The request of some texts; null if they have another form.</summary>
    internal static MountRequest? Parse(string[] texts) =>
        texts is [FetchMessage.Resolve, var reference, var cache, var lower, var timeout, .. var settings]
        && uint.TryParse(timeout, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && MountSettings.Parse(settings) is { } parsed
            ? new MountRequest(reference, cache, lower.Length > 0 ? lower : null, TimeSpan.FromSeconds(seconds), parsed)
            : null;
}

/// <summary>Describes what references name: reads manifest, description and index, and makes the file that stands for the archive.</summary>
internal static class RemoteMounting
{
    /// <summary>Reads what a reference names.</summary>
    /// <param name="clients">The connections.</param>
    /// <param name="request">The request.</param>
    /// <param name="registry">The settings for requests.</param>
    /// <param name="runtime">The runtime folder.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The path of the description, and where the tables of the image begin; 0 if it was described before.</returns>
    /// <exception cref="RegistryException">There is none, or it is damaged, or another failure.</exception>
    public static async Task<(string Description, long Tables)> DescribeAsync(
        RegistryClients clients, MountRequest request, RegistrySettings registry, string runtime, CancellationToken cancellation)
    {
        var reference = RegistryReference.Parse(request.Reference);
        var client = await clients.OpenAsync(reference, request.Settings.Name, registry, cancellation);
        var found = await client.FindManifestAsync(reference.ManifestName, cancellation)
            ?? throw new RegistryException(RegistryFault.NotFound, $"the registry has no {reference}")
            {
                Hint = $"condafuse tags {reference.RepositoryText} lists what there is",
            };
        using var cache = BlobCache.Open(request.Cache);
        if (Known(cache, reference, found.Digest) is { } known)
        {
            return (Describe(cache, reference, request, runtime, known), 0);
        }

        var environment = await RemoteEnvironment.OfAsync(client, reference, found, cancellation);
        var (manifest, config) = (environment.Manifest, environment.Config);
        if (Hash.Of(config.Superblock.Span) != manifest.Head.Digest)
        {
            throw Fields.Invalid(reference, "the superblock is another one than the description says");
        }

        var content = await client.ReadBlobAsync(manifest.Index, IndexFormat.MaxBytes, cancellation);
        var index = EnvironmentIndex.Parse(content, manifest, config, reference);
        var part = new RemotePart(
            manifest.Index.Digest.Hex, config.IndexRootBytes + ((long)index.LeafCount * Hash.Bytes), config.IndexRootBytes);
        var image = new RemoteImage([.. index.Blobs.Select(blob => new RemotePart(blob.Digest.Hex, blob.Size, 0)), part])
        {
            ManifestDigest = environment.Digest.Hex,
            ImageBytes = index.ImageBytes,
            Head = config.Superblock,
            Extents = [.. index.Extents.Select(extent => new RemoteExtent(extent.Position, extent.Length, extent.Blob, extent.Offset))],
            PageDigests = content.AsMemory(
                config.IndexRootBytes - (int)(part.Leaves * Sha256.DigestBytes), (int)(part.Leaves * Sha256.DigestBytes)),
        };
        using (var pages = cache.OpenToWrite(part))
        {
            for (var page = 0; page < part.Leaves; page++)
            {
                pages.Write(page, content.AsSpan((int)part.PositionOf(page), part.LengthOf(page)));
            }
        }

        return (Describe(cache, reference, request, runtime, image), config.TablesStart);
    }

    /// <summary>What was described before; null if it was not, or cannot be read any more.</summary>
    private static RemoteImage? Known(BlobCache cache, RegistryReference reference, Hash digest)
    {
        try
        {
            return RemoteDescription.Read(cache.DescriptionOf(digest.Hex, reference.LastName));
        }
        catch (Exception failure) when (failure is IOException or ImageException)
        {
            return null;
        }
    }

    private static string Describe(BlobCache cache, RegistryReference reference, MountRequest request, string runtime, RemoteImage image)
    {
        var description = cache.Describe(reference.LastName, image with
        {
            Reference = $"{RegistryReference.Scheme}{reference}", Runtime = runtime, Settings = request.Settings.Name,
            LowerCache = request.LowerCache, Timeout = request.Timeout, IsOffline = false,
        });
        cache.Remember(reference.ToString(), image.ManifestDigest);
        return description;
    }
}

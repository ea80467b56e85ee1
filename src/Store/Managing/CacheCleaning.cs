using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Managing;

/// <summary>What was removed from the cache of registries, or would be.</summary>
/// <param name="Images">The references of images.</param>
/// <param name="Blobs">Number of blobs.</param>
/// <param name="FreedBytes">Bytes that they took.</param>
/// <param name="KeptBytes">Bytes that the rest takes.</param>
public sealed record CacheCleaningReport(IReadOnlyList<string> Images, int Blobs, long FreedBytes, long KeptBytes);

/// <summary>
/// Removes from the cache of registries what no mount uses. An image with a personal layer is kept, because the layer's changes build on it. Blobs
/// are kept as long as an image needs them.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
public sealed class CacheCleaning(Layout layout)
{
    /// <summary>Removes.</summary>
    /// <param name="folder">The folder of the cache.</param>
    /// <param name="isDryRun">Whether only to find what would be removed.</param>
    /// <exception cref="IOException">The cache cannot be read or changed.</exception>
    public CacheCleaningReport Run(string folder, bool isDryRun)
    {
        if (!Directory.Exists(folder))
        {
            return new CacheCleaningReport([], 0, 0, 0);
        }

        using var cache = BlobCache.Open(folder);
        var used = InUse();
        var images = cache.Images();
        List<CachedDescription> unused = [.. images.Where(image => !used.Contains(CanonicalPath.Resolve(image.Path)))];
        var needed = images.Except(unused).SelectMany(image => image.Image.Parts).Select(part => part.Digest).ToHashSet(StringComparer.Ordinal);
        var bytes = cache.BlobBytes();
        List<string> blobs = [.. bytes.Keys.Where(blob => !needed.Contains(blob))];
        if (!isDryRun)
        {
            unused.ForEach(cache.Remove);
            blobs.ForEach(cache.Remove);
        }

        var freed = blobs.Sum(blob => bytes[blob]);
        return new CacheCleaningReport(
            [.. unused.Select(image => image.Image.Reference).Order(StringComparer.Ordinal)], blobs.Count, freed, bytes.Values.Sum() - freed);
    }

    private HashSet<string> InUse()
    {
        var mounts = LiveMounts.Read(layout);
        var layers = Directory.Exists(layout.LayerDirectory) ? Directory.EnumerateDirectories(layout.LayerDirectory) : [];
        return
        [
            .. mounts.All().Concat(mounts.Elsewhere()).Select(mount => mount.Archive),
            .. layers.Select(PersonalLayer.ImageOf).OfType<string>(),
        ];
    }
}

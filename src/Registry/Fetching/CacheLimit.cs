using CondaFuse.Images.Remote;
using CondaFuse.Platform;

namespace CondaFuse.Registry.Fetching;

/// <summary>Keeps caches below their limit: blobs of images that were mounted longest ago are evicted first.</summary>
internal sealed class CacheLimit
{
    /// <summary>The size is looked up each time that this much was written.</summary>
    private const long Interval = 32 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _written = new(StringComparer.Ordinal);

    /// <summary>Bytes were written to the cache of an image.</summary>
    public void Written(FetchedImage image, long bytes)
    {
        lock (_gate)
        {
            var limit = image.Settings.CacheBytes;
            var written = _written[image.CachePath] = _written.GetValueOrDefault(image.CachePath) + bytes;
            if (written < Math.Min(Interval, Math.Max(limit / 8, 1)))
            {
                return;
            }

            _written[image.CachePath] = 0;
            Shrink(image, limit);
        }
    }

    /// <summary>Evicts the oldest blob that is not one of an image, because the file system is full.</summary>
    /// <returns>False if there is none.</returns>
    public static bool TryMakeSpace(FetchedImage image)
    {
        var own = image.Image.Parts.Select(part => part.Digest).ToHashSet(StringComparer.Ordinal);
        var bytes = image.Cache.BlobBytes();
        var victim = OldestFirst(image.Cache, bytes.Keys).FirstOrDefault(blob => !own.Contains(blob) && bytes[blob] > 0);
        return victim is not null && TryEvict(image.Cache, victim);
    }

    /// <summary>Evicts blobs until a cache is well below its limit; those of the image that is read, whenever it was mounted, at last.</summary>
    private static void Shrink(FetchedImage image, long limit)
    {
        var cache = image.Cache;
        var own = image.Image.Parts.Select(part => part.Digest).ToHashSet(StringComparer.Ordinal);
        var bytes = cache.BlobBytes();
        var total = bytes.Values.Sum();
        if (total <= limit)
        {
            return;
        }

        foreach (var blob in OldestFirst(cache, bytes.Keys).OrderBy(own.Contains))
        {
            if (total <= limit - (limit / 8) || !TryEvict(cache, blob))
            {
                return;
            }

            total -= bytes[blob];
        }
    }

    /// <summary>Blobs by the last mount of an image that uses them.</summary>
    private static IEnumerable<string> OldestFirst(BlobCache cache, IEnumerable<string> blobs)
    {
        var order = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (number, image) in cache.Images().Index())
        {
            foreach (var part in image.Image.Parts)
            {
                order[part.Digest] = number + 1;
            }
        }

        return blobs.OrderBy(blob => order.GetValueOrDefault(blob));
    }

    private static bool TryEvict(BlobCache cache, string blob)
    {
        try
        {
            cache.Evict(blob);
            return true;
        }
        catch (PlatformException)
        {
            return false;
        }
    }
}

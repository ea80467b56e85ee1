using CondaFuse.Platform;

namespace CondaFuse.Images.Remote;

/// <summary>What the caches have of an image. Everything that is returned has the digest that the manifest leads to. Thread-safe.</summary>
/// <param name="image">The image.</param>
/// <param name="cache">This user's cache.</param>
public sealed class CachedImage(RemoteImage image, BlobCache cache) : IDisposable
{
    private readonly CachedBlob?[] _own = new CachedBlob?[image.Parts.Count];
    private readonly CachedBlob?[] _lower = new CachedBlob?[image.Parts.Count];
    private readonly byte[]?[] _pages = new byte[]?[image.Parts[^1].Leaves];
    private readonly List<IDisposable> _former = [];
    private readonly Lock _opening = new();
    private BlobCache _cache = cache;

    /// <summary>The image.</summary>
    public RemoteImage Image => image;

    /// <summary>The page of the index with the digest of a leaf, if it must be fetched first; null if it is there.</summary>
    public long? MissingPage(int part, long leaf)
    {
        if (part == image.Index)
        {
            return null;
        }

        var page = image.NumberOf(part, leaf) / RemoteImage.PageLeaves;
        return PageAt(page) is null ? page : null;
    }

    /// <summary>Reads a leaf from a cache.</summary>
    /// <param name="part">The number of its blob.</param>
    /// <param name="leaf">Its number there.</param>
    /// <param name="content">Receives it; as long as the leaf.</param>
    /// <returns>False if no cache has it, or its page of the index is missing.</returns>
    public bool TryRead(int part, long leaf, Span<byte> content) =>
        TryDigest(part, leaf) is { } digest
        && (TryRead(Own(part), leaf, content, digest.Span) || TryRead(Lower(part), leaf, content, digest.Span));

    /// <summary>Whether some content is a leaf.</summary>
    public bool Matches(int part, long leaf, ReadOnlySpan<byte> content) =>
        TryDigest(part, leaf) is { } digest && Sha256.Matches(content, digest.Span);

    /// <summary>The digest of a leaf; null if its page of the index is missing.</summary>
    public ReadOnlyMemory<byte>? TryDigest(int part, long leaf)
    {
        if (part == image.Index)
        {
            return image.PageDigests.Slice((int)leaf * Sha256.DigestBytes, Sha256.DigestBytes);
        }

        var number = image.NumberOf(part, leaf);
        return PageAt(number / RemoteImage.PageLeaves) is { } page
            ? page.AsMemory((int)(number % RemoteImage.PageLeaves) * Sha256.DigestBytes, Sha256.DigestBytes)
            : null;
    }

    /// <summary>Keeps a page of the index that was fetched.</summary>
    public void Keep(long page, byte[] content) => Volatile.Write(ref _pages[page], content);

    /// <summary>Looks for the files of a blob again: they, or the whole cache, may have been removed and made again.</summary>
    public void Reopen(int part)
    {
        lock (_opening)
        {
            if (_own[part] is { } former)
            {
                _former.Add(former); // another thread may read it
                _own[part] = null;
            }

            if (!_cache.IsThere)
            {
                _former.Add(_cache);
                _cache = BlobCache.Open(_cache.Path);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var blob in _own.Concat(_lower).Concat(_former))
        {
            blob?.Dispose();
        }

        _cache.Dispose();
    }

    private byte[]? PageAt(long page)
    {
        if (Volatile.Read(ref _pages[page]) is { } known)
        {
            return known;
        }

        var content = new byte[image.Parts[^1].LengthOf(page)];
        if (!TryRead(image.Index, page, content))
        {
            return null;
        }

        Keep(page, content);
        return content;
    }

    /// <summary>A cache that cannot be read has nothing.</summary>
    private static bool TryRead(CachedBlob? blob, long leaf, Span<byte> content, ReadOnlySpan<byte> digest)
    {
        try
        {
            return blob?.TryRead(leaf, content) == true && Sha256.Matches(content, digest);
        }
        catch (PlatformException)
        {
            return false;
        }
    }

    private CachedBlob? Own(int part) => Opened(_own, part, blob => _cache.TryOpen(blob));

    private CachedBlob? Lower(int part) => image.LowerCache is { } folder
        ? Opened(_lower, part, blob => CachedBlob.TryOpen(blob, name => TryOpenLower($"{folder}/blobs/{name}")))
        : null;

    private CachedBlob? Opened(CachedBlob?[] blobs, int part, Func<RemotePart, CachedBlob?> open)
    {
        if (Volatile.Read(ref blobs[part]) is { } known)
        {
            return known;
        }

        lock (_opening)
        {
            try
            {
                return blobs[part] ??= open(image.Parts[part]);
            }
            catch (PlatformException)
            {
                return null;
            }
        }
    }

    /// <summary>A file of another user, who is not trusted: it is only read, and what it has is compared with its digest.</summary>
    private static IStorageFile? TryOpenLower(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(path)!);
        return folder?.Open(Path.GetFileName(path), StorageAccess.Read);
    }
}

using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;

namespace CondaFuse.Registry.Fetching;

/// <summary>An image of which parts are fetched.</summary>
internal sealed class FetchedImage : IDisposable
{
    private readonly CachedBlob?[] _blobs;
    private readonly FileIdentity?[] _files;
    private readonly Lock _opening = new();
    private readonly BlobCache _cache;

    public FetchedImage(RemoteImage image, MountSettings settings, string cache)
    {
        _cache = BlobCache.Open(cache);
        (Cached, Settings, CachePath) = (new CachedImage(image, _cache), settings, cache);
        (_blobs, _files) = (new CachedBlob?[image.Parts.Count], new FileIdentity?[image.Parts.Count]);
        Reference = RegistryReference.Parse(image.Reference);
    }

    public RemoteImage Image => Cached.Image;

    /// <summary>What the cache has.</summary>
    public CachedImage Cached { get; }

    /// <summary>The session that mounted it.</summary>
    public MountSettings Settings { get; }

    /// <summary>The folder of the cache.</summary>
    public string CachePath { get; }

    /// <summary>The cache.</summary>
    public BlobCache Cache => _cache;

    public RegistryReference Reference { get; }

    /// <summary>A blob, for requests.</summary>
    public Descriptor BlobOf(int part) => new(MediaTypes.Data, new Hash(Image.Parts[part].Digest), Image.Parts[part].Size);

    /// <summary>Looks whether a blob has other files than before: it may have been removed from the cache.</summary>
    public void Refresh(int part)
    {
        lock (_opening)
        {
            var file = _cache.Blobs.TryIdentify(Image.Parts[part].Digest);
            if (file is null || file != _files[part])
            {
                _blobs[part]?.Dispose();
                (_blobs[part], _files[part]) = (null, file);
                Cached.Reopen(part);
            }
        }
    }

    /// <summary>Writes a leaf to the cache.</summary>
    /// <exception cref="PlatformException">There is no space, or the cache cannot be written.</exception>
    public void Write(int part, long leaf, ReadOnlySpan<byte> content)
    {
        lock (_opening)
        {
            Refresh(part);
            if (_blobs[part] is not { } blob)
            {
                blob = _blobs[part] = _cache.OpenToWrite(Image.Parts[part]);
                _files[part] = _cache.Blobs.TryIdentify(Image.Parts[part].Digest);
            }

            blob.Write(leaf, content);
        }
    }

    public void Dispose()
    {
        foreach (var blob in _blobs)
        {
            blob?.Dispose();
        }

        Cached.Dispose();
    }
}

using CondaFuse.Platform;

namespace CondaFuse.Images.Remote;

/// <summary>The leaves of one blob in a cache. The content is not checked here.</summary>
public sealed class CachedBlob : IDisposable
{
    /// <summary>The extension of maps: one byte for each leaf, 1 if the leaf was written.</summary>
    public const string MapExtension = ".map";

    private readonly RemotePart _part;
    private readonly IStorageFile _data;
    private readonly IStorageFile? _map;

    private CachedBlob(RemotePart part, IStorageFile data, IStorageFile? map) => (_part, _data, _map) = (part, data, map);

    /// <summary>Opens the files of a blob.</summary>
    /// <param name="part">The blob.</param>
    /// <param name="open">Opens a file of the cache; null if it does not exist.</param>
    /// <returns>Null if there is no data. A blob without a map is tried everywhere: another program may have put it there.</returns>
    internal static CachedBlob? TryOpen(RemotePart part, Func<string, IStorageFile?> open)
    {
        var data = open(part.Digest);
        if (data is null)
        {
            return null;
        }

        try
        {
            return new CachedBlob(part, data, open(part.Digest + MapExtension));
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Reads a leaf if it may be there.</summary>
    /// <param name="leaf">Its number in the blob.</param>
    /// <param name="content">Receives it; as long as the leaf.</param>
    public bool TryRead(long leaf, Span<byte> content)
    {
        Span<byte> mark = [1];
        return (_map is null || (_map.ReadAt(leaf, mark) == 1 && mark[0] == 1)) && _data.ReadAt(_part.PositionOf(leaf), content) == content.Length;
    }

    /// <summary>Writes a leaf, and then its mark. A kill in between costs the leaf.</summary>
    /// <exception cref="PlatformException">ENOSPC, EDQUOT: the cache is full.</exception>
    public void Write(long leaf, ReadOnlySpan<byte> content)
    {
        _data.WriteAt(_part.PositionOf(leaf), content);
        _map!.WriteAt(leaf, [1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _data.Dispose();
        _map?.Dispose();
    }
}

namespace CondaFuse.Platform;

/// <summary>Copies between files of any storage.</summary>
internal static class StorageCopy
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Copies through memory.</summary>
    /// <exception cref="PlatformException">Either file failed, or the source ended early.</exception>
    public static void ThroughMemory(IStorageFile source, long sourceOffset, IStorageFile target, long offset, long length)
    {
        var room = new byte[(int)Math.Min(ChunkBytes, length)];
        for (var done = 0L; done < length;)
        {
            var read = source.ReadAt(sourceOffset + done, room.AsSpan(0, (int)Math.Min(room.Length, length - done)));
            if (read == 0)
            {
                throw new PlatformException(Errno.ENODATA, "copy", "the source, which someone else shortened");
            }

            target.WriteAt(offset + done, room.AsSpan(0, read));
            done += read;
        }
    }
}

/// <summary>Decides when the storage should start writing what was appended to a file, so that little is left for the final sync.</summary>
public struct WriteBehind
{
    private const long Bytes = 8 << 20;

    private long _begun;

    /// <summary>Whether enough was appended since the last start. If so, writing counts as started.</summary>
    /// <param name="length">The file's length now.</param>
    /// <param name="from">Where writing should start.</param>
    public bool IsDue(long length, out long from)
    {
        from = _begun;
        var isDue = length - _begun >= Bytes;
        _begun = isDue ? length : _begun;
        return isDue;
    }

    /// <summary>Writing has started up to this length.</summary>
    public void HasBegun(long length) => _begun = length;
}

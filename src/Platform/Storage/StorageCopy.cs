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

using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An open file. Reads are thread-safe; a read in progress completes even if the file is disposed meanwhile.</summary>
public interface IStorageFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Owner and permissions; null if the storage has none.</summary>
    EntryRights? Rights => null;

    /// <summary>Its descriptor, for locks and leases; null if the storage has none.</summary>
    SafeFileHandle? Handle => null;

    /// <summary>Reads at an offset until the destination is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    int ReadAt(long offset, Span<byte> destination);

    /// <summary>Writes at an offset. If it fails, any part may have been written.</summary>
    void WriteAt(long offset, ReadOnlySpan<byte> content);

    /// <summary>Copies from another file of this storage, which must be long enough. If it fails, any part may have been written.</summary>
    void CopyFrom(IStorageFile source, long sourceOffset, long offset, long length) =>
        StorageCopy.ThroughMemory(source, sourceOffset, this, offset, length);

    /// <summary>
    /// Asks the storage to start writing a range that was just written, without waiting. This is a hint, which some storages ignore.
    /// </summary>
    void StartWriting(long offset, long length)
    {
    }

    /// <summary>Reserves space for writes from an offset on. The file's length does not change.</summary>
    /// <returns>False if the storage cannot guarantee that.</returns>
    /// <exception cref="PlatformException">ENOSPC, EDQUOT: there is not enough space.</exception>
    bool TryReserve(long offset, long length) => false;

    /// <summary>Frees the space of a range, which reads as zeros afterwards.</summary>
    /// <returns>False if the storage cannot do that.</returns>
    bool TryPunchHole(long offset, long length) => false;

    /// <summary>Sets its length.</summary>
    void Truncate(long length);

    /// <summary>
    /// Sets the owner, as far as this user may, and the permissions. If the group cannot be set, the file's own group gets no more permissions than
    /// others.
    /// </summary>
    void GiveRights(EntryRights rights)
    {
    }

    /// <summary>Returns when its content and length are on the storage. If it fails, the state of recent writes is unknown.</summary>
    void Sync();
}

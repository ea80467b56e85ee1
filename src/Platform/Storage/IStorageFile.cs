using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An open file. May be read by several threads at once; a read under way ends well if the file is disposed meanwhile.</summary>
public interface IStorageFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Owner and permissions; null where the storage has none.</summary>
    EntryRights? Rights => null;

    /// <summary>Its descriptor, for locks and leases; null where the storage has none.</summary>
    SafeFileHandle? Handle => null;

    /// <summary>Reads at an offset until the destination is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    int ReadAt(long offset, Span<byte> destination);

    /// <summary>Writes at an offset. When it fails, any part may have been written.</summary>
    void WriteAt(long offset, ReadOnlySpan<byte> content);

    /// <summary>Writes what another file of this storage holds, which must be that long. When it fails, any part may have been written.</summary>
    void CopyFrom(IStorageFile source, long sourceOffset, long offset, long length) =>
        StorageCopy.ThroughMemory(source, sourceOffset, this, offset, length);

    /// <summary>Asks the storage to begin with what was written there, and does not wait. A hint, which some storages have no use for.</summary>
    void StartWriting(long offset, long length)
    {
    }

    /// <summary>Makes sure that so much can be written from an offset on, whatever becomes of the room elsewhere; its length stays.</summary>
    /// <returns>False where the storage cannot promise that.</returns>
    /// <exception cref="PlatformException">ENOSPC, EDQUOT: there is not so much room.</exception>
    bool TryReserve(long offset, long length) => false;

    /// <summary>Gives the room of a part of it back; that part reads as zeros then.</summary>
    /// <returns>False where the storage cannot do that.</returns>
    bool TryGiveBack(long offset, long length) => false;

    /// <summary>Sets its length.</summary>
    void Truncate(long length);

    /// <summary>
    /// Gives it an owner, as far as this user may, and permissions. Where the group cannot be given, the group that it has gets no more than
    /// everybody.
    /// </summary>
    void GiveRights(EntryRights rights)
    {
    }

    /// <summary>Returns when its content and length are on the storage. If it fails, nobody knows what of the last writes is.</summary>
    void Sync();
}

using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Writing;

/// <summary>Locks on files, as far as a file system has them.</summary>
public interface IWriterLocks
{
    /// <summary>Takes the exclusive lock of an open file, without waiting.</summary>
    LockAnswer TryTake(string path, SafeFileHandle file);

    /// <summary>Whether somebody has the lock of an open file.</summary>
    bool IsHeld(SafeFileHandle file);
}

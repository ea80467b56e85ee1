using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Blocks;

/// <summary>
/// Notices that a file was overwritten while it is open, as <c>cp</c> onto an archive does. Length and times are compared after each read; the
/// file itself is checked only where they changed. Safe for several threads, without a lock: at worst two of them check at once.
/// </summary>
/// <param name="handle">The file; stays the caller's.</param>
/// <param name="path">Its path, for messages.</param>
/// <param name="opened">Its state when it was opened, before anything was read.</param>
/// <param name="isSame">Whether a file still holds what was opened.</param>
internal sealed class OverwriteGuard(SafeFileHandle handle, string path, FileState opened, Func<ImageFile, bool> isSame)
{
    /// <summary>A superblock that is being written may be read half.</summary>
    private const int Looks = 3;

    private volatile Sound _sound = new(opened);

    /// <summary>Demands that what was read before this call is of the file that was opened.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.Overwritten"/>.</exception>
    public void Demand()
    {
        var now = FileState.Of(handle);
        if (now != _sound.State)
        {
            Look(now);
        }
    }

    /// <summary>The same, whatever length and times say: a network file system may tell of them late.</summary>
    public void DemandNow() => Look(FileState.Of(handle));

    /// <summary>Remembers sound states only: a file may be restored.</summary>
    private void Look(FileState now)
    {
        for (var look = 0; look < Looks; look++)
        {
            if (IsSame())
            {
                _sound = new Sound(now);
                return;
            }
        }

        throw new ImageException(
            ImageFault.Overwritten,
            $"{path} was overwritten while it was in use, so its content is lost. Unmount it. "
            + "To replace an archive, use 'mv', which does not disturb mounts.");
    }

    private bool IsSame()
    {
        try
        {
            return isSame(new ImageFile(handle, path));
        }
        catch (ImageException exception) when (exception.Fault != ImageFault.ReadFailed)
        {
            return false;
        }
    }

    private sealed record Sound(FileState State);
}

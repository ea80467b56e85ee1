using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Blocks;

/// <summary>
/// Detects that a file was overwritten while it is open, for example by <c>cp</c> onto an archive. Length and times are compared after each read;
/// the file itself is checked only if they changed. Thread-safe without a lock: at worst, two threads check at once.
/// </summary>
/// <param name="handle">The file; owned by the caller.</param>
/// <param name="path">Its path, for messages.</param>
/// <param name="opened">Its state when it was opened, before anything was read.</param>
/// <param name="isSame">Whether a file still holds the same image.</param>
internal sealed class OverwriteGuard(SafeFileHandle handle, string path, FileState opened, Func<ImageFile, bool> isSame)
{
    /// <summary>Number of attempts, because a superblock may be read while it is being written.</summary>
    private const int Looks = 3;

    private volatile Sound _sound = new(opened);

    /// <summary>Checks that everything read before this call came from the original file.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.Overwritten"/>.</exception>
    public void Demand()
    {
        var now = FileState.Of(handle);
        if (now != _sound.State)
        {
            Look(now);
        }
    }

    /// <summary>The same, regardless of length and times: a network file system may report them late.</summary>
    public void DemandNow() => Look(FileState.Of(handle));

    /// <summary>Remembers valid states only: a file may be restored.</summary>
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

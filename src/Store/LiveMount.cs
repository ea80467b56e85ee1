using CondaFuse.Mounts;

namespace CondaFuse.Store;

/// <summary>A mount of ours in the kernel's table, with what is known of its server.</summary>
/// <param name="Entry">The kernel's line.</param>
/// <param name="Server">The process that serves it; null if it is dead or cannot be found.</param>
/// <param name="Record">What the server wrote down; null if it is lost.</param>
public sealed record LiveMount(MountEntry Entry, ProcessIdentity? Server, ServerRecord? Record)
{
    /// <summary>Canonical path of the mounted image.</summary>
    public string Archive => Entry.Source;

    /// <summary>
    /// Whether the server is known to be gone: only a process that was known can be seen to be missing, so a mount
    /// without any record is asked itself.
    /// </summary>
    public bool IsDead => Server is null && (Record is not null || !Answers());

    /// <summary>A mount whose server is gone says ENOTCONN, to the first question that no cache answers.</summary>
    private bool Answers()
    {
        try
        {
            _ = new DriveInfo(Entry.MountPoint).TotalSize;
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

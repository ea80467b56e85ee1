using System.Text;

namespace CondaFuse.Platform;

/// <summary>Whether a file or directory lets itself be changed by this user.</summary>
public static unsafe class Writability
{
    private const ulong Immutable = 0x10;
    private const ulong AppendOnly = 0x20;

    /// <summary>Whether the kernel would let this user write there: permissions, lists of access, read-only mounts.</summary>
    public static bool IsAllowed(string path) => Libc.access(path, Libc.MayWrite) == 0;

    /// <summary>Whether the entry is marked as one that nobody changes (<c>chattr +i</c> or <c>+a</c>); false where the file system has no such marks.</summary>
    public static bool IsSealed(string path)
    {
        const int currentDirectory = -100;
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.StatX status;
        return Libc.statx(currentDirectory, CName.Terminate(bytes, room), 0, Libc.BasicStats, &status) == 0
            && (status.Attributes & status.AttributesMask & (Immutable | AppendOnly)) != 0;
    }
}

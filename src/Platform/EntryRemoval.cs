using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Removes entries, whatever bytes their names are; no symlink is followed.</summary>
public static unsafe class EntryRemoval
{
    /// <summary><c>AT_REMOVEDIR</c>.</summary>
    private const int RemoveDirectory = 0x200;

    /// <summary>Removes everything below a directory; the directory itself stays.</summary>
    /// <exception cref="PlatformException">Something cannot be opened or removed.</exception>
    public static void Below(SafeFileHandle directory)
    {
        using var lease = new HandleLease(directory);
        var names = new List<byte[]>();
        using (var listing = new DirectoryListing(EntryOpening.Directory(lease, "."u8)))
        {
            while (listing.MoveNext())
            {
                names.Add(listing.Name.ToArray());
            }
        }

        foreach (var name in names)
        {
            if (!TryUnlink(lease, name))
            {
                Directory(lease, name);
            }
        }
    }

    /// <summary>Removes a directory with everything below it.</summary>
    /// <exception cref="PlatformException">Something cannot be opened or removed, or it is a symlink.</exception>
    public static void Directory(HandleLease parent, ReadOnlySpan<byte> name)
    {
        using (var below = EntryOpening.Directory(parent, name))
        {
            Below(below);
        }

        Unlink(parent, name, RemoveDirectory);
    }

    /// <summary>Removes a directory in which nothing is.</summary>
    /// <exception cref="PlatformException">ENOTEMPTY, or ENOENT if it is not there.</exception>
    public static void EmptyDirectory(string path)
    {
        const int workingDirectory = -100;
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.Check(Libc.unlinkat(workingDirectory, CName.Terminate(bytes, room), RemoveDirectory), "rmdir", path);
    }

    /// <summary>Removes a directory of a directory, in which nothing is.</summary>
    /// <exception cref="PlatformException">ENOTEMPTY, or ENOENT if it is not there.</exception>
    public static void EmptyDirectory(HandleLease parent, ReadOnlySpan<byte> name)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.Check(Libc.unlinkat(parent.Descriptor, CName.Terminate(name, room), RemoveDirectory), "rmdir");
    }

    /// <summary>Removes a name that is not a directory's.</summary>
    private static bool TryUnlink(HandleLease directory, byte[] name)
    {
        try
        {
            Unlink(directory, name, 0);
            return true;
        }
        catch (PlatformException exception) when (exception.Errno is Errno.EISDIR)
        {
            return false;
        }
    }

    private static void Unlink(HandleLease directory, ReadOnlySpan<byte> name, int flags)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.Check(Libc.unlinkat(directory.Descriptor, CName.Terminate(name, room), flags), "unlink");
    }
}

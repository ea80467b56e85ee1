using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Removes entries whatever the bytes of their names; symlinks are not followed.</summary>
public static unsafe class EntryRemoval
{
    /// <summary><c>AT_REMOVEDIR</c>.</summary>
    private const int RemoveDirectory = 0x200;

    /// <summary>Maximum number of levels open at once. Deeper directories are moved up first, so that no tree is too deep.</summary>
    private const int MaxOpen = 64;

    /// <summary>Removes everything below a directory; the directory itself stays.</summary>
    /// <exception cref="PlatformException">Something cannot be opened or removed.</exception>
    public static void Below(SafeFileHandle directory) => Below(directory, level: 0);

    /// <summary>Removes a directory with everything below it.</summary>
    /// <exception cref="PlatformException">Something cannot be opened or removed, or it is a symlink.</exception>
    public static void Directory(HandleLease parent, ReadOnlySpan<byte> name) => Directory(parent, name, level: 0);

    private static void Directory(HandleLease parent, ReadOnlySpan<byte> name, int level)
    {
        using (var below = EntryOpening.Directory(parent, name))
        {
            Below(below, level);
        }

        Unlink(parent, name, RemoveDirectory);
    }

    private static void Below(SafeFileHandle directory, int level)
    {
        using var lease = new HandleLease(directory);
        var moved = 0;
        for (var names = Names(lease); names.Count > 0; names = moved > 0 ? Names(lease) : [])
        {
            moved = 0;
            foreach (var name in names)
            {
                if (TryUnlink(lease, name))
                {
                    continue;
                }

                if (level < MaxOpen)
                {
                    Directory(lease, name, level + 1);
                }
                else
                {
                    moved += RemoveMovingUp(lease, name);
                }
            }
        }
    }

    /// <summary>Moves the subdirectories of a directory beside it, then removes the directory.</summary>
    /// <returns>The number of subdirectories moved.</returns>
    private static int RemoveMovingUp(HandleLease parent, byte[] name)
    {
        var moved = 0;
        using (var below = EntryOpening.Directory(parent, name))
        {
            using var lease = new HandleLease(below);
            foreach (var entry in Names(lease))
            {
                if (!TryUnlink(lease, entry))
                {
                    MoveUp(lease, entry, parent);
                    moved++;
                }
            }
        }

        Unlink(parent, name, RemoveDirectory);
        return moved;
    }

    /// <summary>Moves a directory into another one, under an unused name.</summary>
    private static void MoveUp(HandleLease directory, byte[] name, HandleLease target)
    {
        for (var number = 0; ; number++)
        {
            try
            {
                EntryCreation.Move(directory, name, target, Encoding.ASCII.GetBytes($".removed-{number}"));
                return;
            }
            catch (PlatformException exception) when (exception.Errno is Errno.ENOTEMPTY or Errno.EEXIST or Errno.ENOTDIR)
            {
            }
        }
    }

    private static List<byte[]> Names(HandleLease directory)
    {
        var names = new List<byte[]>();
        using var listing = new DirectoryListing(EntryOpening.Directory(directory, "."u8));
        while (listing.MoveNext())
        {
            names.Add(listing.Name.ToArray());
        }

        return names;
    }

    /// <summary>Removes an empty directory.</summary>
    /// <exception cref="PlatformException">ENOTEMPTY, or ENOENT if it does not exist.</exception>
    public static void EmptyDirectory(string path)
    {
        const int workingDirectory = -100;
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.Check(Libc.unlinkat(workingDirectory, CName.Terminate(bytes, room), RemoveDirectory), "rmdir", path);
    }

    /// <summary>Removes an empty subdirectory.</summary>
    /// <exception cref="PlatformException">ENOTEMPTY, or ENOENT if it does not exist.</exception>
    public static void EmptyDirectory(HandleLease parent, ReadOnlySpan<byte> name)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.Check(Libc.unlinkat(parent.Descriptor, CName.Terminate(name, room), RemoveDirectory), "rmdir");
    }

    /// <summary>Removes a name of an entry other than a directory.</summary>
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

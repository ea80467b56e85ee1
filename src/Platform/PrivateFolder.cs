using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// An open folder that only one user can enter. Owner and mode are checked on the descriptor when it is opened, and all access goes through that
/// descriptor and never through a symlink. Nothing that other users do to its path afterwards has any effect.
/// </summary>
public sealed unsafe class PrivateFolder : IDisposable
{
    private const uint FolderPermissions = 0x1C0;
    private const uint FilePermissions = 0x180;
    private const int MaxNameAttempts = 100;
    private readonly SafeFileHandle _handle;
    private readonly uint _owner;

    private PrivateFolder(SafeFileHandle handle, string path, uint owner) => (_handle, Path, _owner) = (handle, path, owner);

    /// <summary>The path that it was opened by, for messages and for passing it to a child.</summary>
    public string Path { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="owner">The required owner.</param>
    /// <returns>Null if the path does not exist.</returns>
    /// <exception cref="PrivateFolderException">It belongs to another user, other users may enter it, or it is a symlink or not a folder.</exception>
    public static PrivateFolder? TryOpen(string path, uint owner)
    {
        SafeFileHandle handle;
        try
        {
            handle = EntryOpening.DirectoryItself(path);
        }
        catch (PlatformException failure)
        {
            return failure.Errno == Errno.ENOENT ? null : throw new PrivateFolderException(path, failure.Errno switch
            {
                Errno.ENOTDIR or Errno.ELOOP => "is not a directory, or a symbolic link",
                Errno.EACCES => "cannot be entered",
                _ => failure.Message,
            });
        }

        using var lease = new HandleLease(handle);
        var status = FileStatus.Of(lease, []);
        const ushort ofOthers = 0x3F;
        var problem = status.UserId != owner ? $"belongs to user {status.UserId}, not to user {owner}"
            : (status.Permissions & ofOthers) != 0
                ? $"has mode {Convert.ToString(status.Permissions, 8)}, so other users may enter it; it must be 700"
            : null;
        if (problem is null)
        {
            return new PrivateFolder(handle, path, owner);
        }

        handle.Dispose();
        throw new PrivateFolderException(path, problem);
    }

    /// <summary>Opens a folder of this user, creating it and any missing parents.</summary>
    /// <exception cref="PrivateFolderException">As for <see cref="TryOpen"/>, or it cannot be created.</exception>
    public static PrivateFolder OpenOrMake(string path)
    {
        if (TryOpen(path, Identity.UserId) is { } there)
        {
            return there;
        }

        try
        {
            const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            if (System.IO.Path.GetDirectoryName(path) is { } above && !Directory.Exists(above))
            {
                Directory.CreateDirectory(above, ownerOnly);
            }

            var bytes = Encoding.UTF8.GetBytes(path + '\0');
            fixed (byte* name = bytes)
            {
                if (Libc.mkdirat(EntryOpening.AtWorkingDirectory, name, FolderPermissions) < 0 && Libc.LastErrno != Errno.EEXIST)
                {
                    throw new PrivateFolderException(path, $"cannot be made: {Libc.Describe(Libc.LastErrno)}");
                }
            }
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or (IOException and not PrivateFolderException))
        {
            throw new PrivateFolderException(path, $"cannot be made: {failure.Message}");
        }

        return TryOpen(path, Identity.UserId) ?? throw new PrivateFolderException(path, "was removed while it was opened");
    }

    /// <summary>Creates a subfolder with an unpredictable name.</summary>
    public PrivateFolder MakeUnique(string prefix)
    {
        for (var attempt = 0; ; attempt++)
        {
            var name = $"{prefix}{Guid.NewGuid():N}";
            try
            {
                using var lease = new HandleLease(_handle);
                EntryCreation.Directory(lease, Encoding.UTF8.GetBytes(name), FolderPermissions);
                return new PrivateFolder(EntryOpening.Directory(lease, Encoding.UTF8.GetBytes(name)), $"{Path}/{name}", _owner);
            }
            catch (PlatformException failure) when (failure.Errno == Errno.EEXIST && attempt < MaxNameAttempts)
            {
            }
        }
    }

    /// <summary>The names in it, in any order.</summary>
    public IReadOnlyList<string> List()
    {
        using var lease = new HandleLease(_handle);
        using var listing = new DirectoryListing(EntryOpening.Directory(lease, "."u8));
        var names = new List<string>();
        while (listing.MoveNext())
        {
            names.Add(Encoding.UTF8.GetString(listing.Name));
        }

        return names;
    }

    /// <summary>Reads a small file.</summary>
    /// <returns>Null if it does not exist, is longer than <paramref name="max"/>, or is not a regular file of the owner.</returns>
    public byte[]? TryRead(string name, int max)
    {
        try
        {
            using var file = Open(name, Libc.OpenReadOnly);
            using var lease = new HandleLease(file);
            var size = FileStatus.Of(lease, []).Size;
            if (size > max)
            {
                return null;
            }

            var content = new byte[size];
            return content[..lease.Read(0, content)];
        }
        catch (PlatformException)
        {
            return null;
        }
    }

    /// <summary>Replaces the whole content of a file; a reader sees either the old or the new content.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        var partial = $"{name}.{Guid.NewGuid():N}";
        using var lease = new HandleLease(_handle);
        try
        {
            using (var file = Open(partial, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive))
            {
                RandomAccess.Write(file, content, 0);
            }

            fixed (byte* from = Terminated(partial), to = Terminated(name))
            {
                Libc.Check(Libc.renameat(lease.Descriptor, from, lease.Descriptor, to), "rename", Of(name));
            }
        }
        catch (IOException)
        {
            Remove(partial);
            throw;
        }
    }

    /// <summary>Opens a file for appending, creating it if necessary.</summary>
    public SafeFileHandle OpenToAppend(string name) => Open(name, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend);

    /// <summary>Opens a file for locking, creating it if necessary.</summary>
    public SafeFileHandle OpenToLock(string name) => Open(name, Libc.OpenReadWrite | Libc.OpenCreate);

    /// <summary>Opens a file for reading; null if it does not exist.</summary>
    public IStorageFile? TryOpenFile(string name)
    {
        try
        {
            return new DiskFile(Open(name, Libc.OpenReadOnly), Of(name));
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    /// <summary>Opens a file for reading and writing, creating it if necessary.</summary>
    public IStorageFile OpenOrCreateFile(string name) => new DiskFile(Open(name, Libc.OpenReadWrite | Libc.OpenCreate), Of(name));

    /// <summary>
    /// Opens a fifo, creating it if necessary, both as a writer and as a reader. Readers see its end when no process has a writer left.
    /// </summary>
    public (SafeFileHandle Writer, SafeFileHandle Reader) OpenFifo(string name)
    {
        const uint fifo = 0x1000;
        using var lease = new HandleLease(_handle);
        fixed (byte* bytes = Terminated(name))
        {
            if (Libc.mknodat(lease.Descriptor, bytes, fifo | FilePermissions, 0) < 0 && Libc.LastErrno != Errno.EEXIST)
            {
                throw new PlatformException(Libc.LastErrno, "mknod", Of(name));
            }

            // Opening it for both does not block (fifo(7)), and neither does opening the reader then.
            var flags = Libc.OpenCloseOnExec | Libc.OpenNotThroughLinks;
            var writer = new SafeFileHandle(
                Libc.Check(Libc.openat(lease.Descriptor, bytes, flags | Libc.OpenReadWrite, 0), "open", Of(name)), ownsHandle: true);
            var reader = Libc.openat(lease.Descriptor, bytes, flags | Libc.OpenReadOnly, 0);
            if (reader < 0)
            {
                writer.Dispose();
                throw new PlatformException(Libc.LastErrno, "open", Of(name));
            }

            return (writer, new SafeFileHandle(reader, ownsHandle: true));
        }
    }

    /// <summary>Opens a folder in it; null if there is none of that name.</summary>
    /// <exception cref="PrivateFolderException">As for <see cref="TryOpen"/>.</exception>
    public PrivateFolder? TryOpenBelow(string name)
    {
        using var lease = new HandleLease(_handle);
        return TryOpen(Through(lease, name), _owner);
    }

    /// <summary>Opens a folder in it, creating it if necessary. For this user's folders.</summary>
    /// <exception cref="PrivateFolderException">As for <see cref="OpenOrMake"/>.</exception>
    public PrivateFolder OpenOrMakeBelow(string name)
    {
        using var lease = new HandleLease(_handle);
        return OpenOrMake(Through(lease, name));
    }

    /// <summary>Opens the folder again, to lock it or pass it on.</summary>
    public SafeFileHandle Reopen()
    {
        using var lease = new HandleLease(_handle);
        return EntryOpening.Directory(lease, "."u8);
    }

    /// <summary>Opens a subfolder, not following a symlink.</summary>
    public SafeFileHandle OpenFolder(string name)
    {
        using var lease = new HandleLease(_handle);
        return EntryOpening.Directory(lease, Encoding.UTF8.GetBytes(name));
    }

    /// <summary>Opens a reference (<c>O_PATH</c>) to an entry of any kind.</summary>
    public SafeFileHandle OpenReference(string name)
    {
        using var lease = new HandleLease(_handle);
        return EntryOpening.Reference(lease, Encoding.UTF8.GetBytes(name));
    }

    /// <summary>Identifies the file that has a name; null if there is none.</summary>
    public FileIdentity? TryIdentify(string name) =>
        StatusOf(name) is { } status ? new FileIdentity(status.FileSystem, status.Inode) : null;

    /// <summary>The status of the entry with a name; null if there is none.</summary>
    public FileStatus? StatusOf(string name)
    {
        try
        {
            using var lease = new HandleLease(_handle);
            return FileStatus.Of(lease, Encoding.UTF8.GetBytes(name));
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    /// <summary>Removes a file, if it exists.</summary>
    public void Remove(string name)
    {
        using var lease = new HandleLease(_handle);
        fixed (byte* bytes = Terminated(name))
        {
            if (Libc.unlinkat(lease.Descriptor, bytes, 0) < 0 && Libc.LastErrno != Errno.ENOENT)
            {
                throw new PlatformException(Libc.LastErrno, "unlink", Of(name));
            }
        }
    }

    /// <summary>Removes a file if it is there and has no content.</summary>
    public void RemoveEmpty(string name)
    {
        bool isEmpty;
        try
        {
            using var lease = new HandleLease(_handle);
            isEmpty = FileStatus.Of(lease, Encoding.UTF8.GetBytes(name)) is { Type: EntryType.File, Size: 0 };
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return;
        }

        if (isEmpty)
        {
            Remove(name);
        }
    }

    /// <summary>Removes a subfolder with all its contents, if it exists.</summary>
    public void RemoveFolder(string name)
    {
        using var lease = new HandleLease(_handle);
        try
        {
            using (var below = EntryOpening.Directory(lease, Encoding.UTF8.GetBytes(name)))
            {
                EntryRemoval.Below(below);
            }

            EntryRemoval.EmptyDirectory(lease, Encoding.UTF8.GetBytes(name));
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
        }
    }

    /// <summary>Listens on a socket with an unused name.</summary>
    public SafeFileHandle Listen(string name)
    {
        using var lease = new HandleLease(_handle);
        return LocalSocket.Listen(Through(lease, name));
    }

    /// <summary>Connects to the socket of a name.</summary>
    /// <exception cref="PlatformException">ENOENT or ECONNREFUSED if no process is listening.</exception>
    public SafeFileHandle Connect(string name, TimeSpan timeout)
    {
        using var lease = new HandleLease(_handle);
        return LocalSocket.Connect(Through(lease, name), timeout);
    }

    /// <summary>A file's path, for messages only.</summary>
    public string Of(string name) => $"{Path}/{name}";

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Sockets are addressed by path; this path goes through the open descriptor.</summary>
    private static string Through(HandleLease folder, string name) => $"/proc/self/fd/{folder.Descriptor}/{name}";

    private static byte[] Terminated(string name) => Encoding.UTF8.GetBytes(name + '\0');

    private SafeFileHandle Open(string name, int flags)
    {
        using var lease = new HandleLease(_handle);
        var file = RegularFile.Open(lease.Descriptor, name, flags | Libc.OpenNotThroughLinks, FilePermissions, Of(name));
        using var opened = new HandleLease(file);
        if (FileStatus.Of(opened, []).UserId == _owner)
        {
            return file;
        }

        file.Dispose();
        throw new PlatformException(Errno.EPERM, "open", $"{Of(name)}, which belongs to another user");
    }
}

/// <summary>A folder is not safely private to one user.</summary>
/// <param name="path">The folder.</param>
/// <param name="problem">What is wrong with it, as the rest of a sentence.</param>
public sealed class PrivateFolderException(string path, string problem) : IOException($"{path} {problem}")
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;
}

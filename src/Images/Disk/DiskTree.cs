using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>
/// A directory on disk as a tree. Entries are opened by directory and name, so that paths never become too long and symlinks are not followed. The
/// directory must not change meanwhile. A change causes a <see cref="TreeException"/> that names the entry, never wrong content under a valid name.
/// </summary>
public sealed class DiskTree : IReadableTree, IFileLinks
{
    private const int OpenFiles = 16;

    private readonly string _path;
    private readonly DirectoryHandles _directories;
    private readonly ulong _fileSystem;
    private readonly NodeTable _nodes = new();
    private readonly HandleCache _files = new(OpenFiles);
    private readonly ForeignInodes _foreign = new();

    private DiskTree(string path, SafeFileHandle root)
    {
        _path = path;
        _directories = new DirectoryHandles(root);
        using var lease = new HandleLease(root);
        _fileSystem = FileStatus.Of(lease, []).FileSystem;
    }

    /// <summary>Unknown without walking the tree: zero entries, zero bytes.</summary>
    public TreeTotals Totals => new(0, 0, 4096);

    /// <summary>Opens a directory.</summary>
    /// <param name="directory">Its path; symlinks are followed.</param>
    /// <exception cref="TreeException">It cannot be opened.</exception>
    public static DiskTree Open(string directory)
    {
        try
        {
            return new DiskTree(directory, EntryOpening.Directory(directory));
        }
        catch (PlatformException exception)
        {
            throw DiskFailure.Of(exception, directory);
        }
    }

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node)
    {
        var entry = _nodes[node];
        try
        {
            using var directory = _directories.OfParent(entry);
            return AttributesOf(node, FileStatus.Of(directory, entry.Name));
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        attributes = default;
        if (!EntryName.IsValid(name))
        {
            return false;
        }

        var entry = _nodes[directory];
        try
        {
            using var lease = _directories.Of(entry);
            var status = FileStatus.Of(lease, name);
            attributes = AttributesOf(_nodes.IdOf(directory, name), status);
            return true;
        }
        catch (PlatformException exception) when (exception.Errno == Errno.ENOENT)
        {
            return false;
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory)
    {
        var entry = _nodes[directory].Parent ?? _nodes[directory];
        try
        {
            using var lease = _directories.Of(entry);
            return InodeOf(FileStatus.Of(lease, []));
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Cookies are those of the file system.</remarks>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var entry = _nodes[directory];
        try
        {
            using var lease = _directories.Of(entry);
            using var listing = new DirectoryListing(EntryOpening.Directory(lease, "."u8));
            if (after != 0)
            {
                listing.Seek((long)(after - DirectoryEntry.FirstCookie));
            }

            while (listing.MoveNext())
            {
                var node = _nodes.IdOf(directory, listing.Name);
                var status = default(FileStatus?);
                if (listing.Type == EntryType.Unknown)
                {
                    status = FileStatus.Of(lease, listing.Name);
                }

                var kind = DiskKind.Of(status?.Type ?? listing.Type);
                var listed = new DirectoryEntry(node, node.Value, kind, unchecked((ulong)listing.Cookie) + DirectoryEntry.FirstCookie);
                if (!sink.TryAdd(listing.Name, listed))
                {
                    return;
                }
            }
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        var entry = _nodes[file];
        try
        {
            using var lease = FileOf(entry);
            return lease.Read(offset, destination);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        var entry = _nodes[symlink];
        try
        {
            using var directory = _directories.OfParent(entry);
            return SymbolicLinks.Read(directory, entry.Name, destination);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        var entry = _nodes[node];
        try
        {
            using var directory = _directories.OfParent(entry);
            length = ExtendedAttributes.Get(directory, entry.Name, name, destination);
            return length >= 0;
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        var entry = _nodes[node];
        try
        {
            using var directory = _directories.OfParent(entry);
            return ExtendedAttributes.List(directory, entry.Name, destination);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public bool TryLink(NodeId file, HandleLease directory, ReadOnlySpan<byte> name)
    {
        var entry = _nodes[file];
        try
        {
            using var own = _directories.OfParent(entry);
            return EntryCreation.TryHardLink(own, entry.Name, directory, name);
        }
        catch (PlatformException exception)
        {
            throw Failure(exception, entry);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _files.Dispose();
        _directories.Dispose();
    }

    private static Timestamp Time((long Seconds, uint Nanoseconds) time) => new(time.Seconds, time.Nanoseconds);

    private HandleLease FileOf(DiskNode file)
    {
        if (_files.TryLease(file, out var lease))
        {
            return lease;
        }

        using var directory = _directories.OfParent(file);
        return _files.Keep(file, EntryOpening.FileForReading(directory, file.Name));
    }

    private Attributes AttributesOf(NodeId node, in FileStatus status)
    {
        var kind = DiskKind.Of(status.Type);
        return new Attributes
        {
            Node = node,
            Inode = InodeOf(status),
            Kind = kind,
            Permissions = status.Permissions,
            UserId = status.UserId,
            GroupId = status.GroupId,
            LinkCount = status.Links,
            Size = kind is EntryKind.File or EntryKind.Symlink or EntryKind.Directory ? status.Size : 0,
            Modified = Time(status.Modified),
            Changed = Time(status.Changed),
            DeviceMajor = kind is EntryKind.BlockDevice or EntryKind.CharacterDevice ? status.Device.Major : 0,
            DeviceMinor = kind is EntryKind.BlockDevice or EntryKind.CharacterDevice ? status.Device.Minor : 0,
        };
    }

    /// <summary>The inode number, or our own number for an inode of another file system mounted below.</summary>
    private ulong InodeOf(in FileStatus status) =>
        status.FileSystem == _fileSystem ? status.Inode : _foreign.NumberOf(status.FileSystem, status.Inode);

    private TreeException Failure(PlatformException exception, DiskNode entry) =>
        DiskFailure.Of(exception, System.IO.Path.Combine(_path, NodeTable.PathOf(entry)));
}

/// <summary>Converts types of disk entries to entry kinds and back.</summary>
internal static class DiskKind
{
    public static EntryKind Of(EntryType type) => type switch
    {
        EntryType.File => EntryKind.File,
        EntryType.Directory => EntryKind.Directory,
        EntryType.Symlink => EntryKind.Symlink,
        EntryType.BlockDevice => EntryKind.BlockDevice,
        EntryType.CharacterDevice => EntryKind.CharacterDevice,
        EntryType.Fifo => EntryKind.Fifo,
        EntryType.Socket => EntryKind.Socket,
        _ => throw new TreeException(TreeFailure.WrongKind, $"An entry has the unknown type {type}."),
    };

    public static EntryType TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => EntryType.File,
        EntryKind.Directory => EntryType.Directory,
        EntryKind.Symlink => EntryType.Symlink,
        EntryKind.BlockDevice => EntryType.BlockDevice,
        EntryKind.CharacterDevice => EntryType.CharacterDevice,
        EntryKind.Fifo => EntryType.Fifo,
        _ => EntryType.Socket,
    };
}

/// <summary>Converts failed system calls into tree failures that name the path.</summary>
internal static class DiskFailure
{
    public static TreeException Of(PlatformException exception, string path) => new(
        exception.Errno switch
        {
            Errno.ENOENT => TreeFailure.NotFound,
            Errno.ENOTDIR => TreeFailure.NotADirectory,
            Errno.EISDIR => TreeFailure.IsADirectory,
            Errno.ELOOP => TreeFailure.WrongKind,
            Errno.EACCES or Errno.EPERM => TreeFailure.AccessDenied,
            Errno.ENAMETOOLONG => TreeFailure.NameTooLong,
            Errno.ERANGE => TreeFailure.RangeTooSmall,
            _ => TreeFailure.Storage,
        },
        $"{path}: {exception.Message}",
        exception);
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>A directory on disk as a writable tree, through system calls: the reference for the others. Handles are descriptors.</summary>
internal sealed unsafe class PlainDirectory : IWritableTree
{
    private static readonly byte[] Empty = [0];

    private readonly Dictionary<ulong, int> _descriptors = [];
    private readonly string _root;
    private readonly ulong _rootInode;

    public PlainDirectory(string root)
    {
        _root = root;
        Directory.CreateDirectory(root);
        var descriptor = (int)SystemCalls.Check(
            SystemCalls.openat(SystemCalls.CurrentDirectory, Name(Encoding.UTF8.GetBytes(root)), SystemCalls.PathOnly, 0));
        _rootInode = Stat(descriptor).Inode;
        _descriptors.Add(_rootInode, descriptor);
    }

    public TreeTotals Totals => new(1, 0, 4096);

    public FreeSpace FreeSpace => new(0, 0, 0);

    public Attributes GetAttributes(NodeId node) => Stat(Descriptor(node));

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        try
        {
            attributes = Adopt(Descriptor(directory), Name(name));
            return true;
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.NotFound)
        {
            attributes = default;
            return false;
        }
    }

    public ulong GetParentInode(NodeId directory) =>
        directory == NodeId.Root ? _rootInode : Adopt(Descriptor(directory), ".."u8.ToArray().Append((byte)0).ToArray()).Inode;

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var descriptor = (int)SystemCalls.Check(
            SystemCalls.openat(SystemCalls.CurrentDirectory, Path(directory), 0x10000 | SystemCalls.KeepAccessTime, 0));
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using var listing = new DirectoryListing(handle);
        if (after != 0)
        {
            listing.Seek((long)after);
        }

        while (listing.MoveNext())
        {
            Attributes found;
            try
            {
                found = Adopt(descriptor, Name(listing.Name));
            }
            catch (TreeException failure) when (failure.Failure == TreeFailure.NotFound)
            {
                continue;
            }

            if (!sink.TryAdd(listing.Name, new DirectoryEntry(found.Node, found.Inode, found.Kind, (ulong)listing.Cookie)))
            {
                return;
            }
        }
    }

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        DemandFile(file);
        using var handle = Open(file);
        return RandomAccess.Read(handle, destination, offset);
    }

    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        if (GetAttributes(symlink).Kind != EntryKind.Symlink)
        {
            throw new TreeException(TreeFailure.WrongKind, "no symlink");
        }

        fixed (byte* room = destination)
        {
            return (int)SystemCalls.Check(SystemCalls.readlinkat(Descriptor(symlink), Empty, room, destination.Length));
        }
    }

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        fixed (byte* room = destination)
        {
            length = (int)SystemCalls.getxattr(Path(node), Name(name), room, destination.Length);
        }

        if (length < 0 && Marshal.GetLastPInvokeError() != 61)
        {
            throw SystemCalls.Failure(Marshal.GetLastPInvokeError());
        }

        return length >= 0;
    }

    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        fixed (byte* room = destination)
        {
            return (int)SystemCalls.Check(SystemCalls.listxattr(Path(node), room, destination.Length));
        }
    }

    public Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry)
    {
        var (parent, path) = (Descriptor(directory), Name(name));
        if (entry.Kind == EntryKind.Directory)
        {
            SystemCalls.Check(SystemCalls.mkdirat(parent, path, entry.Permissions));
        }
        else
        {
            var type = entry.Kind switch
            {
                EntryKind.BlockDevice => 0x6000u,
                EntryKind.CharacterDevice => 0x2000u,
                EntryKind.Fifo => 0x1000u,
                EntryKind.Socket => 0xC000u,
                _ => 0x8000u,
            };
            SystemCalls.Check(SystemCalls.mknodat(parent, path, type | entry.Permissions, DeviceOf(entry)));
        }

        return Own(parent, Adopt(parent, path), entry);
    }

    public Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry)
    {
        var (parent, path) = (Descriptor(directory), Name(name));
        SystemCalls.Check(SystemCalls.symlinkat(Name(target), parent, path));
        return Own(parent, Adopt(parent, path), entry);
    }

    public Attributes CreateUnnamed(NodeId directory, in NewEntry entry)
    {
        // The descriptor must not be one that only refers to the path: it would not keep the file linkable.
        var descriptor = (int)SystemCalls.Check(SystemCalls.openat(
            SystemCalls.CurrentDirectory, Path(directory), SystemCalls.UnnamedFile | SystemCalls.ReadWrite, entry.Permissions));
        var made = Stat(descriptor);
        _descriptors.Add(made.Inode, descriptor);
        return Own(Descriptor(directory), made, entry);
    }

    public Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name)
    {
        SystemCalls.Check(SystemCalls.linkat(SystemCalls.CurrentDirectory, Path(node), Descriptor(directory), Name(name), SystemCalls.FollowSymlink));
        return GetAttributes(node);
    }

    public void Unlink(NodeId directory, ReadOnlySpan<byte> name) => SystemCalls.Check(SystemCalls.unlinkat(Descriptor(directory), Name(name), 0));

    public void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name) =>
        SystemCalls.Check(SystemCalls.unlinkat(Descriptor(directory), Name(name), SystemCalls.RemoveDirectory));

    public void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode) =>
        SystemCalls.Check(SystemCalls.renameat2(Descriptor(fromDirectory), Name(fromName), Descriptor(toDirectory), Name(toName), (uint)mode));

    public Attributes SetAttributes(NodeId node, in AttributeChanges changes)
    {
        if (changes.Size is { } size)
        {
            DemandFile(node);
            SystemCalls.Check(SystemCalls.truncate(Path(node), size));
        }

        if (changes.UserId is not null || changes.GroupId is not null)
        {
            SystemCalls.Check(SystemCalls.fchownat(
                Descriptor(node), Empty, changes.UserId ?? uint.MaxValue, changes.GroupId ?? uint.MaxValue, SystemCalls.EmptyPath));
        }

        if (changes.Permissions is { } permissions)
        {
            SystemCalls.Check(SystemCalls.chmod(Path(node), permissions));
        }

        if (changes.Accessed is not null || changes.Modified is not null)
        {
            const long omit = 0x3FFFFFFE;
            var times = stackalloc long[]
            {
                changes.Accessed?.Seconds ?? 0, changes.Accessed?.Nanoseconds ?? omit, changes.Modified?.Seconds ?? 0,
                changes.Modified?.Nanoseconds ?? omit,
            };
            SystemCalls.Check(SystemCalls.utimensat(Descriptor(node), Empty, times, SystemCalls.EmptyPath));
        }

        return GetAttributes(node);
    }

    public void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId)
    {
        DemandFile(file);
        using var handle = Open(file);
        fixed (byte* bytes = content)
        {
            SystemCalls.Check(SystemCalls.pwrite((int)handle.DangerousGetHandle(), bytes, content.Length, offset));
        }
    }

    public void Allocate(NodeId file, long offset, long length, AllocateMode mode)
    {
        DemandFile(file);
        using var handle = Open(file);
        var flags = mode switch
        {
            AllocateMode.Reserve => 0,
            AllocateMode.ReserveKeepingSize => 1,
            AllocateMode.PunchHole => 3,
            AllocateMode.Collapse => 8,
            AllocateMode.Zero => 16,
            AllocateMode.ZeroKeepingSize => 17,
            _ => 32,
        };
        SystemCalls.Check(SystemCalls.fallocate((int)handle.DangerousGetHandle(), flags, offset, length));
    }

    public long Seek(NodeId file, long offset, SeekTarget target)
    {
        using var handle = Open(file);
        return SystemCalls.Check(SystemCalls.lseek((int)handle.DangerousGetHandle(), offset, target == SeekTarget.Data ? 3 : 4));
    }

    public long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length)
    {
        using var source = Open(from);
        using var destination = Open(to);
        return SystemCalls.Check(SystemCalls.copy_file_range(
            (int)source.DangerousGetHandle(), &fromOffset, (int)destination.DangerousGetHandle(), &toOffset, (nint)length, 0));
    }

    public void SetXattr(NodeId node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrMode mode)
    {
        fixed (byte* bytes = value)
        {
            SystemCalls.Check(SystemCalls.setxattr(Path(node), Name(name), bytes, value.Length, (int)mode));
        }
    }

    public void RemoveXattr(NodeId node, ReadOnlySpan<byte> name) => SystemCalls.Check(SystemCalls.removexattr(Path(node), Name(name)));

    public void Sync()
    {
    }

    public void Forget(NodeId node)
    {
        if (_descriptors.Remove(node == NodeId.Root ? _rootInode : node.Value - 1, out var descriptor))
        {
            SystemCalls.Check(SystemCalls.close(descriptor));
        }
    }

    public void Dispose()
    {
        foreach (var descriptor in _descriptors.Values)
        {
            SystemCalls.Check(SystemCalls.close(descriptor));
        }

        _descriptors.Clear();
        Directory.Delete(_root, recursive: true);
    }

    private static byte[] Name(ReadOnlySpan<byte> name) => [.. name, 0];

    private static ulong DeviceOf(in NewEntry entry) =>
        ((ulong)(entry.DeviceMajor & 0xFFF) << 8) | (entry.DeviceMinor & 0xFF) | ((ulong)(entry.DeviceMinor & 0xFFFFFF00) << 12);

    /// <summary>Times are those of the statx structure: seconds and nanoseconds at 64, 96 and 112.</summary>
    private Attributes Stat(int descriptor)
    {
        var status = stackalloc byte[256];
        SystemCalls.Check(SystemCalls.statx(descriptor, Empty, SystemCalls.EmptyPath, 0x7FF, status));
        var inode = *(ulong*)(status + 32);
        var mode = *(ushort*)(status + 28);
        return new Attributes
        {
            Node = inode == _rootInode ? NodeId.Root : new NodeId(inode + 1),
            Inode = inode,
            Kind = (mode & 0xF000) switch
            {
                0x4000 => EntryKind.Directory,
                0xA000 => EntryKind.Symlink,
                0x6000 => EntryKind.BlockDevice,
                0x2000 => EntryKind.CharacterDevice,
                0x1000 => EntryKind.Fifo,
                0xC000 => EntryKind.Socket,
                _ => EntryKind.File,
            },
            Permissions = (ushort)(mode & 0xFFF),
            LinkCount = *(uint*)(status + 16),
            UserId = *(uint*)(status + 20),
            GroupId = *(uint*)(status + 24),
            Size = (mode & 0xF000) is 0x8000 or 0xA000 ? *(long*)(status + 40) : 0,
            Accessed = TimeAt(status + 64),
            Changed = TimeAt(status + 96),
            Modified = TimeAt(status + 112),
            DeviceMajor = *(uint*)(status + 128),
            DeviceMinor = *(uint*)(status + 132),
        };

        static Timestamp TimeAt(byte* place) => new(*(long*)place, *(uint*)(place + 8));
    }

    private Attributes Adopt(int parent, byte[] name)
    {
        var descriptor = (int)SystemCalls.Check(SystemCalls.openat(parent, name, SystemCalls.PathOnly, 0));
        var found = Stat(descriptor);
        if (!_descriptors.TryAdd(found.Inode, descriptor))
        {
            SystemCalls.Check(SystemCalls.close(descriptor));
        }

        return found;
    }

    /// <summary>
    /// Root creates the entries here. So the entry's owner (except for a set-gid directory's group) and its permissions are set explicitly.
    /// </summary>
    private Attributes Own(int parent, in Attributes made, in NewEntry entry)
    {
        var inherits = (Stat(parent).Permissions & 0x400) != 0;
        SystemCalls.Check(SystemCalls.fchownat(
            Descriptor(made.Node), Empty, entry.UserId, inherits ? uint.MaxValue : entry.GroupId, SystemCalls.EmptyPath));
        if (entry.Kind != EntryKind.Symlink)
        {
            SystemCalls.Check(SystemCalls.chmod(Path(made.Node), entry.Permissions | (entry.Kind == EntryKind.Directory && inherits ? 0x400u : 0)));
        }

        return GetAttributes(made.Node);
    }

    private void DemandFile(NodeId node)
    {
        var kind = GetAttributes(node).Kind;
        if (kind != EntryKind.File)
        {
            throw new TreeException(kind == EntryKind.Directory ? TreeFailure.IsADirectory : TreeFailure.WrongKind, $"a {kind}");
        }
    }

    private int Descriptor(NodeId node) =>
        _descriptors.TryGetValue(node == NodeId.Root ? _rootInode : node.Value - 1, out var descriptor)
            ? descriptor
            : throw new TreeException(TreeFailure.NotFound, $"{node} is unknown");

    private byte[] Path(NodeId node) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Descriptor(node)}\0"));

    private SafeFileHandle Open(NodeId file) =>
        new(
            (nint)SystemCalls.Check(
                SystemCalls.openat(SystemCalls.CurrentDirectory, Path(file), SystemCalls.ReadWrite | SystemCalls.KeepAccessTime, 0)),
            ownsHandle: true);
}

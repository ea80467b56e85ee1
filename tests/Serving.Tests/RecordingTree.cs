using System.Text;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>Records the requested changes as text, and returns a fixed entry.</summary>
internal sealed class RecordingTree : IWritableTree
{
    private readonly MemoryTree _readable = new();

    public List<string> Asked { get; } = [];

    public TreeFailure? Fails { get; set; }

    public Attributes Told { get; set; } = new()
    {
        Node = new NodeId(7),
        Inode = 6,
        Kind = EntryKind.File,
        Permissions = 0x1A4,
        LinkCount = 1,
        Size = 5,
        Modified = new Timestamp(1_600_000_000, 1),
        Accessed = new Timestamp(1_600_000_002, 3),
        Changed = new Timestamp(1_600_000_004, 5),
    };

    public Func<NodeId, Attributes>? Describes { get; set; }

    public MemoryTree Readable => _readable;

    public FreeSpace FreeSpace => new(40960, 8192, 4096);

    public TreeTotals Totals => new(10, 100, 131072);

    public Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry) =>
        Tell($"create {directory.Value} {Text(name)} {Text(entry)}");

    public Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry) =>
        Tell($"symlink {directory.Value} {Text(name)} {Text(target)} {Text(entry)}");

    public Attributes CreateUnnamed(NodeId directory, in NewEntry entry) => Tell($"unnamed {directory.Value} {Text(entry)}");

    public Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name) => Tell($"link {node.Value} {directory.Value} {Text(name)}");

    public void Unlink(NodeId directory, ReadOnlySpan<byte> name) => Tell($"unlink {directory.Value} {Text(name)}");

    public void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name) => Tell($"rmdir {directory.Value} {Text(name)}");

    public void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode) =>
        Tell($"rename {fromDirectory.Value} {Text(fromName)} {toDirectory.Value} {Text(toName)} {mode}");

    public Attributes SetAttributes(NodeId node, in AttributeChanges changes) => Tell($"set {node.Value}{Text(changes)}");

    public void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId) =>
        Tell($"write {file.Value} {offset} {Text(content)}{(clearSetId ? " clearing" : "")}");

    public void Allocate(NodeId file, long offset, long length, AllocateMode mode) => Tell($"allocate {file.Value} {offset} {length} {mode}");

    public long Seek(NodeId file, long offset, SeekTarget target)
    {
        Tell($"seek {file.Value} {offset} {target}");
        return offset + 1;
    }

    public long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length)
    {
        Tell($"copy {from.Value} {fromOffset} {to.Value} {toOffset} {length}");
        return length - 1;
    }

    public void SetXattr(NodeId node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrMode mode) =>
        Tell($"setxattr {node.Value} {Text(name)} {Text(value)} {mode}");

    public void RemoveXattr(NodeId node, ReadOnlySpan<byte> name) => Tell($"removexattr {node.Value} {Text(name)}");

    public void Sync() => Tell("sync");

    public void Forget(NodeId node) => Tell($"forget {node.Value}");

    public Attributes GetAttributes(NodeId node) => Describes?.Invoke(node) ?? (node == NodeId.Root ? _readable.GetAttributes(node) : Told);

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) =>
        _readable.TryLookup(directory, name, out attributes);

    public ulong GetParentInode(NodeId directory) => _readable.GetParentInode(directory);

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => _readable.ReadDirectory(directory, after, sink);

    public int Read(NodeId file, long offset, Span<byte> destination) => _readable.Read(file, offset, destination);

    public int ReadLink(NodeId symlink, Span<byte> destination) => _readable.ReadLink(symlink, destination);

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        _readable.TryGetXattr(node, name, destination, out length);

    public int ListXattrs(NodeId node, Span<byte> destination) => _readable.ListXattrs(node, destination);

    public void Dispose() => _readable.Dispose();

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static string Text(NewEntry entry) =>
        $"{entry.Kind} {Convert.ToString(entry.Permissions, 8)} {entry.UserId}:{entry.GroupId}"
        + (entry.DeviceMajor == 0 ? "" : $" {entry.DeviceMajor},{entry.DeviceMinor}");

    private static string Text(AttributeChanges changes) => string.Concat(
        changes.Permissions is { } mode ? $" mode {Convert.ToString(mode, 8)}" : "",
        changes.UserId is { } user ? $" user {user}" : "",
        changes.GroupId is { } group ? $" group {group}" : "",
        changes.Size is { } size ? $" size {size}" : "",
        changes.Accessed is { } accessed ? $" accessed {accessed.Seconds}.{accessed.Nanoseconds}" : "",
        changes.Modified is { } modified ? $" modified {modified.Seconds}.{modified.Nanoseconds}" : "",
        changes.Changed is null ? "" : " changed",
        changes.ClearSetId ? " clearing" : "");

    private Attributes Tell(string what)
    {
        Asked.Add(what);
        return Fails is { } failure ? throw new TreeException(failure, "by design") : Told;
    }
}

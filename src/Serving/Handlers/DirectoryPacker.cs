using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>Packs directory entries into a reply, including the attributes of each entry if the kernel requests them.</summary>
internal sealed unsafe class DirectoryPacker(ServedTree served, bool withAttributes) : IDirectorySink
{
    private readonly int _headLength = Unsafe.SizeOf<DirectoryRecord>() + (withAttributes ? Unsafe.SizeOf<EntryReply>() : 0);
    private byte* _start;
    private int _room;
    private bool _ofAll;
    private NodeId _directory;

    /// <summary>Bytes packed.</summary>
    internal int Length { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (!TryTake(name, entry.Inode, entry.Cookie, ServedTree.TypeOf(entry.Kind), out var head))
        {
            return false;
        }

        if (withAttributes)
        {
            MemoryMarshal.Write(head, _ofAll || entry.Kind is EntryKind.Directory ? Introduce(name, entry.Node) : default);
        }

        return true;
    }

    /// <summary>Starts a reply in memory that must stay pinned until the reply is complete.</summary>
    /// <param name="target">The memory.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="listed">The listed directory.</param>
    /// <param name="attributesOfAll">Whether to include the attributes of all entries. Otherwise only those of directories are included, because the
    /// reader is likely to descend into them.</param>
    internal void Begin(byte* target, int bytes, NodeId listed, bool attributesOfAll)
    {
        _directory = listed;
        _ofAll = attributesOfAll;
        _start = target;
        _room = bytes;
        Length = 0;
    }

    /// <summary>Adds <c>.</c> or <c>..</c>, whose attributes the kernel ignores.</summary>
    internal bool TryAddDots(ReadOnlySpan<byte> name, ulong inode, ulong cookie)
    {
        if (!TryTake(name, inode, cookie, FileType.Directory, out var head))
        {
            return false;
        }

        if (withAttributes)
        {
            MemoryMarshal.Write(head, default(EntryReply));
        }

        return true;
    }

    /// <summary>Revokes the introductions in a reply that the kernel did not receive.</summary>
    internal void Revoke(ReadOnlySpan<byte> payload)
    {
        while (withAttributes && !payload.IsEmpty)
        {
            served.Revoke(payload);
            var record = MemoryMarshal.Read<DirectoryRecord>(payload[Unsafe.SizeOf<EntryReply>()..]);
            payload = payload[DirectoryRecord.PaddedLength(_headLength, (int)record.NameLength)..];
        }
    }

    private bool TryTake(ReadOnlySpan<byte> name, ulong inode, ulong cookie, FileType type, out Span<byte> head)
    {
        var length = DirectoryRecord.PaddedLength(_headLength, name.Length);
        if (length > _room - Length)
        {
            head = default;
            return false;
        }

        head = new Span<byte>(_start + Length, length);
        var record = new DirectoryRecord(inode, cookie, (uint)name.Length, type);
        MemoryMarshal.Write(head[(_headLength - Unsafe.SizeOf<DirectoryRecord>())..], in record);
        name.CopyTo(head[_headLength..]);
        head[(_headLength + name.Length)..].Clear();
        Length += length;
        return true;
    }

    /// <summary>A damaged inode must not make its whole directory unreadable: its name is listed, and only stat fails.</summary>
    private EntryReply Introduce(ReadOnlySpan<byte> name, NodeId node)
    {
        try
        {
            var attributes = served.Tree.GetAttributes(node);
            served.FirstUse?.Named(_directory, name, node);
            return served.Introduce(in attributes);
        }
        catch (TreeException)
        {
            return default;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>Packs directory entries into a reply, with room for the attributes of each if the kernel wants it so.</summary>
internal sealed unsafe class DirectoryPacker(ServedTree served, bool withAttributes) : IDirectorySink
{
    private readonly int headLength = Unsafe.SizeOf<DirectoryRecord>() + (withAttributes ? Unsafe.SizeOf<EntryReply>() : 0);
    private byte* start;
    private int room;
    private bool ofAll;
    private NodeId directory;

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
            MemoryMarshal.Write(head, ofAll || entry.Kind is EntryKind.Directory ? Introduce(name, entry.Node) : default);
        }

        return true;
    }

    /// <summary>Begins a reply in memory that stays pinned until it is packed.</summary>
    /// <param name="target">The memory.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="listed">The directory whose entries they are.</param>
    /// <param name="attributesOfAll">Whether to tell attributes of more than directories, which whoever lists goes down into.</param>
    internal void Begin(byte* target, int bytes, NodeId listed, bool attributesOfAll)
    {
        directory = listed;
        ofAll = attributesOfAll;
        start = target;
        room = bytes;
        Length = 0;
    }

    /// <summary>Adds <c>.</c> or <c>..</c>, of which the kernel wants no attributes.</summary>
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

    /// <summary>Takes back the introductions in a reply that nobody has received.</summary>
    internal void TakeBack(ReadOnlySpan<byte> payload)
    {
        while (withAttributes && !payload.IsEmpty)
        {
            served.TakeBack(payload);
            var record = MemoryMarshal.Read<DirectoryRecord>(payload[Unsafe.SizeOf<EntryReply>()..]);
            payload = payload[DirectoryRecord.PaddedLength(headLength, (int)record.NameLength)..];
        }
    }

    private bool TryTake(ReadOnlySpan<byte> name, ulong inode, ulong cookie, FileType type, out Span<byte> head)
    {
        var length = DirectoryRecord.PaddedLength(headLength, name.Length);
        if (length > room - Length)
        {
            head = default;
            return false;
        }

        head = new Span<byte>(start + Length, length);
        var record = new DirectoryRecord(inode, cookie, (uint)name.Length, type);
        MemoryMarshal.Write(head[(headLength - Unsafe.SizeOf<DirectoryRecord>())..], in record);
        name.CopyTo(head[headLength..]);
        head[(headLength + name.Length)..].Clear();
        Length += length;
        return true;
    }

    /// <summary>A broken inode must not take its whole directory along: its name stays, a stat of it fails.</summary>
    private EntryReply Introduce(ReadOnlySpan<byte> name, NodeId node)
    {
        try
        {
            var attributes = served.Tree.GetAttributes(node);
            served.FirstUse?.Named(directory, name, node);
            return served.Introduce(in attributes);
        }
        catch (TreeException)
        {
            return default;
        }
    }
}

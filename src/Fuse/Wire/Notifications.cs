using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_notify_inval_entry_out</c>: a name that the kernel must look up again. The name and a NUL follow.</summary>
/// <param name="Parent">The node of its directory.</param>
/// <param name="NameLength">Length of the name in bytes, without the NUL.</param>
/// <param name="Flags">0: forget it now.</param>
public readonly record struct InvalidEntry(ulong Parent, uint NameLength, uint Flags);

/// <summary><c>fuse_notify_inval_inode_out</c>: a node whose attributes and content the kernel must read again.</summary>
/// <param name="Node">The node.</param>
/// <param name="Offset">Start of the content; 0 for all of it.</param>
/// <param name="Length">Its length; 0 up to the end.</param>
public readonly record struct InvalidNode(ulong Node, long Offset, long Length);

/// <summary>Messages that the server sends without a request. Instead of an error, the header has the kind; the request's number is 0.</summary>
public static class Notifications
{
    private const int InvalidNodeKind = 2, InvalidEntryKind = 3;

    /// <summary>A name leads to another entry now.</summary>
    public static byte[] NameChanged(ulong directory, ReadOnlySpan<byte> name) =>
        Message(InvalidEntryKind, new InvalidEntry(directory, (uint)name.Length, 0), [.. name, 0]);

    /// <summary>The content or the attributes of a node changed.</summary>
    public static byte[] NodeChanged(ulong node) => Message(InvalidNodeKind, new InvalidNode(node, 0, 0), []);

    private static byte[] Message<T>(int kind, T body, ReadOnlySpan<byte> rest)
        where T : unmanaged
    {
        var content = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in body));
        var length = Unsafe.SizeOf<ReplyHeader>() + content.Length + rest.Length;
        var header = new ReplyHeader((uint)length, kind, 0);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<ReplyHeader>(in header)), .. content, .. rest];
    }
}

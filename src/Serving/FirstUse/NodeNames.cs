using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Serving.FirstUse;

/// <summary>
/// The names by which the kernel knows nodes; the first one of each node. Names are appended, and searched only when a path is needed: a server has
/// little memory, and few of the names belong to files that are read. Not thread-safe.
/// </summary>
internal sealed class NodeNames
{
    private const int MaxChunks = 16;
    private const int ChunkBytes = 16 * 1024;
    private const int Head = (2 * sizeof(ulong)) + 1;
    private const int LongestPath = 4095;
    private const int Deepest = 256;
    private readonly List<byte[]> _chunks = [];
    private readonly NodeFilter _known = new();
    private int _used = ChunkBytes;

    /// <summary>Records a name, as long as there is space.</summary>
    internal void Add(ulong directory, ReadOnlySpan<byte> name, ulong node)
    {
        var length = Head + name.Length;
        if ((length > ChunkBytes - _used && _chunks.Count == MaxChunks) || name.Length > byte.MaxValue || !_known.TryAdd(node))
        {
            return;
        }

        if (length > ChunkBytes - _used)
        {
            _chunks.Add(new byte[ChunkBytes]);
            _used = 0;
        }

        var place = _chunks[^1].AsSpan(_used, length);
        MemoryMarshal.Write(place, in node);
        MemoryMarshal.Write(place[sizeof(ulong)..], in directory);
        place[Head - 1] = (byte)name.Length;
        name.CopyTo(place[Head..]);
        _used += length;
    }

    /// <summary>All names by node.</summary>
    internal Dictionary<ulong, Name> ByNode()
    {
        var names = new Dictionary<ulong, Name>();
        foreach (var chunk in _chunks)
        {
            // Node 0, which does not exist, ends a partly filled chunk.
            var rest = chunk.AsMemory();
            while (rest.Length > Head && MemoryMarshal.Read<ulong>(rest.Span) is > 0 and var node)
            {
                var end = Head + rest.Span[Head - 1];
                names.TryAdd(node, new Name(MemoryMarshal.Read<ulong>(rest.Span[sizeof(ulong)..]), rest[Head..end]));
                rest = rest[end..];
            }
        }

        return names;
    }

    /// <summary>The path of a node from the root; null if unknown.</summary>
    internal static byte[]? PathOf(ulong node, Dictionary<ulong, Name> names)
    {
        Span<byte> room = stackalloc byte[LongestPath];
        var start = room.Length;
        for (var depth = 0; node != NodeId.Root.Value; depth++)
        {
            // A directory that was moved into a directory below it would cause an endless loop.
            if (depth == Deepest || !names.TryGetValue(node, out var name) || name.Letters.Length >= start)
            {
                return null;
            }

            if (start < room.Length)
            {
                room[--start] = (byte)'/';
            }

            start -= name.Letters.Length;
            name.Letters.Span.CopyTo(room[start..]);
            node = name.Directory;
        }

        return start == room.Length ? null : room[start..].ToArray();
    }

    internal readonly record struct Name(ulong Directory, ReadOnlyMemory<byte> Letters);
}

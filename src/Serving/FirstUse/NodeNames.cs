using CondaFuse.Tree;

namespace CondaFuse.Serving.FirstUse;

/// <summary>By which names the kernel knows nodes. Of a node with several, the first is kept. Not safe for several threads.</summary>
/// <param name="most">Most nodes: further ones have no name.</param>
internal sealed class NodeNames(int most)
{
    private const int LongestPath = 4095;
    private const int Deepest = 256;
    private readonly Dictionary<ulong, Name> names = [];
    private byte[] letters = new byte[4096];
    private int used;

    internal void Add(ulong directory, ReadOnlySpan<byte> name, ulong node)
    {
        if (names.Count >= most || !names.TryAdd(node, new Name(directory, used, name.Length)))
        {
            return;
        }

        if (name.Length > letters.Length - used)
        {
            Array.Resize(ref letters, 2 * letters.Length);
        }

        name.CopyTo(letters.AsSpan(used));
        used += name.Length;
    }

    /// <summary>The path of a node from the root; null if it is not known.</summary>
    internal byte[]? PathOf(ulong node)
    {
        Span<byte> room = stackalloc byte[LongestPath];
        var start = room.Length;
        for (var depth = 0; node != NodeId.Root.Value; depth++)
        {
            // A directory that was moved into one that it held when that was told would go round for ever.
            if (depth == Deepest || !names.TryGetValue(node, out var name) || name.Length >= start)
            {
                return null;
            }

            if (start < room.Length)
            {
                room[--start] = (byte)'/';
            }

            start -= name.Length;
            letters.AsSpan(name.Start, name.Length).CopyTo(room[start..]);
            node = name.Directory;
        }

        return start == room.Length ? null : room[start..].ToArray();
    }

    private readonly record struct Name(ulong Directory, int Start, int Length);
}

using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Extended attributes of the source without duplicate sets, in the order of first use.</summary>
/// <param name="first">Index of the first new set.</param>
internal sealed class XattrCollector(uint first = 0)
{
    private readonly Dictionary<string, uint> _indices = new(StringComparer.Ordinal);
    private readonly List<XattrSet> _sets = [];

    public IReadOnlyList<XattrSet> Sets => _sets;

    /// <summary>Reads an entry's attributes.</summary>
    /// <param name="source">The source.</param>
    /// <param name="node">The entry.</param>
    /// <param name="refused">Receives the names of attributes that SquashFS cannot store.</param>
    /// <returns>Index of the set, or <see cref="SquashFsFormat.NoXattrs"/>.</returns>
    public uint Collect(IReadableTree source, NodeId node, Action<string> refused) =>
        Encode(source, node, refused) is { } set ? IndexOf(set) : SquashFsFormat.NoXattrs;

    /// <summary>Reads an entry's attributes.</summary>
    /// <returns>Null if there are none.</returns>
    public static XattrSet? Encode(IReadableTree source, NodeId node, Action<string> refused)
    {
        var attributes = new List<(byte[] Name, byte[] Value)>();
        source.VisitXattrs(node, (name, value) => attributes.Add((name.ToArray(), value.ToArray())));
        if (attributes.Count == 0)
        {
            return null;
        }

        attributes.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        var encoded = new MemoryStream();
        var (count, size) = (0u, 0u);
        foreach (var (name, value) in attributes)
        {
            var prefix = XattrPrefix.Find(name);
            if (prefix < 0)
            {
                refused(System.Text.Encoding.UTF8.GetString(name));
                continue;
            }

            var rest = name.AsSpan(XattrPrefix.Text(prefix).Length);
            Write(encoded, new RawXattrName { Prefix = (ushort)prefix, Length = (ushort)rest.Length });
            encoded.Write(rest);
            Write(encoded, (uint)value.Length);
            encoded.Write(value);
            count++;
            size += (uint)(name.Length + value.Length);
        }

        return count == 0 ? null : new XattrSet(encoded.ToArray(), count, size);
    }

    private static void Write<T>(MemoryStream stream, in T value)
        where T : unmanaged => stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>The index of a set.</summary>
    public uint IndexOf(XattrSet set)
    {
        var key = Convert.ToBase64String(set.Encoded);
        if (!_indices.TryGetValue(key, out var index))
        {
            index = first + (uint)_sets.Count;
            _indices.Add(key, index);
            _sets.Add(set);
        }

        return index;
    }
}

/// <summary>The extended attributes of one or more inodes.</summary>
/// <param name="Encoded">Names and values as the image stores them.</param>
/// <param name="Count">Number of attributes.</param>
/// <param name="Size">Total length of full names and values in bytes.</param>
internal sealed record XattrSet(byte[] Encoded, uint Count, uint Size);

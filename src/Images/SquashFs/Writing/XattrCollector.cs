using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Extended attributes of the source, equal sets once, in the order of their first use.</summary>
/// <param name="first">Index of the first new set.</param>
internal sealed class XattrCollector(uint first = 0)
{
    private readonly Dictionary<string, uint> _indices = new(StringComparer.Ordinal);
    private readonly List<XattrSet> _sets = [];
    private byte[] _names = new byte[4096];
    private byte[] _value = new byte[4096];

    public IReadOnlyList<XattrSet> Sets => _sets;

    /// <summary>Reads an entry's attributes.</summary>
    /// <param name="source">The source.</param>
    /// <param name="node">The entry.</param>
    /// <param name="refused">Takes the name of an attribute that SquashFS cannot store.</param>
    /// <returns>Index of the set, or <see cref="SquashFsFormat.NoXattrs"/>.</returns>
    public uint Collect(IReadableTree source, NodeId node, Action<string> refused) =>
        Encode(source, node, refused) is { } set ? IndexOf(set) : SquashFsFormat.NoXattrs;

    /// <summary>Reads an entry's attributes.</summary>
    /// <returns>Null if there are none.</returns>
    public XattrSet? Encode(IReadableTree source, NodeId node, Action<string> refused)
    {
        var names = Names(source, node);
        if (names.IsEmpty)
        {
            return null;
        }

        var encoded = new MemoryStream();
        var (count, size) = (0u, 0u);
        foreach (var name in Sorted(names))
        {
            var prefix = XattrPrefix.Find(name);
            if (prefix < 0)
            {
                refused(System.Text.Encoding.UTF8.GetString(name));
                continue;
            }

            if (!TryGetValue(source, node, name, out var value))
            {
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

    private static List<byte[]> Sorted(ReadOnlySpan<byte> names)
    {
        var sorted = new List<byte[]>();
        while (names.IndexOf((byte)0) is var end and >= 0)
        {
            sorted.Add(names[..end].ToArray());
            names = names[(end + 1)..];
        }

        sorted.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        return sorted;
    }

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

    private ReadOnlySpan<byte> Names(IReadableTree source, NodeId node)
    {
        while (true)
        {
            try
            {
                return _names.AsSpan(0, source.ListXattrs(node, _names));
            }
            catch (TreeException exception) when (exception.Failure == TreeFailure.RangeTooSmall && _names.Length <= SquashFsFormat.MaxXattrValue)
            {
                _names = new byte[_names.Length * 4];
            }
        }
    }

    private bool TryGetValue(IReadableTree source, NodeId node, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (true)
        {
            try
            {
                var found = source.TryGetXattr(node, name, _value, out var length);
                value = found ? _value.AsSpan(0, length) : [];
                return found;
            }
            catch (TreeException exception) when (exception.Failure == TreeFailure.RangeTooSmall && _value.Length <= SquashFsFormat.MaxXattrValue)
            {
                _value = new byte[_value.Length * 4];
            }
        }
    }
}

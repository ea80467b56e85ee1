namespace CondaFuse.Registry.Layout;

/// <summary>A part of a leaf that the image has somewhere.</summary>
/// <param name="Offset">Its beginning in the leaf.</param>
/// <param name="Length">Its length.</param>
/// <param name="Position">Its beginning in the image.</param>
internal readonly record struct LeafPart(int Offset, int Length, long Position);

/// <summary>For each leaf, the parts of the image that lie in it. Together they are everything after the head.</summary>
internal sealed class LeafParts
{
    private readonly LeafPart[] _parts;
    private readonly int[] _ends;

    /// <param name="index">The index.</param>
    public LeafParts(EnvironmentIndex index)
    {
        _ends = new int[index.LeafCount];
        Visit(index, (leaf, _) => _ends[leaf]++);
        for (var leaf = 1; leaf < _ends.Length; leaf++)
        {
            _ends[leaf] += _ends[leaf - 1];
        }

        _parts = new LeafPart[_ends[^1]];
        var next = new int[_ends.Length];
        _ends.AsSpan(..^1).CopyTo(next.AsSpan(1));
        Visit(index, (leaf, part) => _parts[next[leaf]++] = part);
        for (var leaf = 0; leaf < _ends.Length; leaf++)
        {
            _parts.AsSpan(Range(leaf)).Sort((one, other) => one.Offset.CompareTo(other.Offset));
        }
    }

    /// <summary>The parts in a leaf, by their offset. They may overlap.</summary>
    public ReadOnlySpan<LeafPart> Of(int leaf) => _parts.AsSpan(Range(leaf));

    private Range Range(int leaf) => (leaf == 0 ? 0 : _ends[leaf - 1]).._ends[leaf];

    private static void Visit(EnvironmentIndex index, Action<int, LeafPart> visit)
    {
        foreach (var extent in index.Extents)
        {
            for (long done = 0; done < extent.Length;)
            {
                var (leaf, offset) = Math.DivRem(extent.Offset + done, IndexFormat.LeafBytes);
                var length = (int)Math.Min(IndexFormat.LeafBytes - offset, extent.Length - done);
                visit(index.FirstLeafOf(extent.Blob) + (int)leaf, new LeafPart((int)offset, length, extent.Position + done));
                done += length;
            }
        }
    }
}

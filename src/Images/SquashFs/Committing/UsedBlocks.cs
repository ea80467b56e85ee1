using System.Collections;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The stored blocks that a generation uses.</summary>
internal sealed class UsedBlocks
{
    private readonly List<(long Start, long End)> _runs = [];
    private readonly BitArray _fragments;

    /// <param name="fragments">Number of fragments in the table.</param>
    public UsedBlocks(int fragments) => _fragments = new BitArray(fragments);

    /// <summary>Adds a file's blocks.</summary>
    public void AddRun(long start, long length)
    {
        if (length > 0)
        {
            _runs.Add((start, start + length));
        }
    }

    /// <summary>Adds a file's fragment, if it has one.</summary>
    public void AddFragment(uint index)
    {
        if (index != SquashFsFormat.NoFragment)
        {
            _fragments[(int)index] = true;
        }
    }

    /// <summary>Their total size in bytes; blocks shared by several files count once.</summary>
    public long BytesWith(IReadOnlyList<RawFragment> fragments)
    {
        var (bytes, covered) = (0L, 0L);
        for (var i = 0; i < fragments.Count; i++)
        {
            // Several fragments may share one stored block.
            AddRun((long)fragments[i].Start, _fragments[i] ? fragments[i].Size & ~SquashFsFormat.DataUncompressed : 0);
        }

        _runs.Sort();
        foreach (var (start, end) in _runs)
        {
            bytes += Math.Max(0, end - Math.Max(start, covered));
            covered = Math.Max(covered, end);
        }

        return bytes;
    }
}

using System.Collections;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Where a file's content is: a run of stored blocks, blocks of zeros between them, and a part of a fragment.</summary>
internal sealed class StoredContent
{
    /// <summary>Index of its first stored block; those after it follow without a gap.</summary>
    public int FirstBlock { get; set; } = -1;

    /// <summary>Which of its blocks are zeros and not stored; null if none.</summary>
    public BitArray? Zeros { get; set; }

    /// <summary>Sizes of its blocks where they stay as an earlier generation stored them, from <see cref="KeptStart"/> on; null otherwise.</summary>
    public uint[]? KeptSizes { get; init; }

    public long KeptStart { get; init; }

    /// <summary>Index in the fragment table, or <see cref="SquashFsFormat.NoFragment"/>.</summary>
    public uint Fragment { get; set; } = SquashFsFormat.NoFragment;

    /// <summary>Offset of its bytes in the fragment's content.</summary>
    public uint FragmentOffset { get; set; }

    /// <summary>Whether a block is zeros.</summary>
    public bool IsZeros(long block) => KeptSizes is not null ? KeptSizes[block] == 0 : Zeros is not null && Zeros[(int)block];

    /// <summary>Where its blocks start; 0 if none is stored.</summary>
    public long StartIn(IReadOnlyList<StoredBlock> blocks)
    {
        if (KeptSizes is not null)
        {
            return KeptStart;
        }

        return FirstBlock >= 0 ? blocks[FirstBlock].Start : 0;
    }
}

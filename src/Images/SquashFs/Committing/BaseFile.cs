using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A file of the generation before.</summary>
internal readonly ref struct BaseFile
{
    private readonly ReadOnlySpan<byte> _sizes;

    public BaseFile(long start, long size, uint fragment, uint fragmentOffset, ReadOnlySpan<byte> sizes)
    {
        (Start, Size, Fragment, FragmentOffset) = (start, size, fragment, fragmentOffset);
        _sizes = sizes;
    }

    /// <summary>Where its blocks start.</summary>
    public long Start { get; }

    /// <summary>Its length in bytes.</summary>
    public long Size { get; }

    public uint Fragment { get; }

    public uint FragmentOffset { get; }

    public bool HasFragment => Fragment != SquashFsFormat.NoFragment;

    /// <summary>Blocks that are not in a fragment.</summary>
    public int BlockCount => _sizes.Length / sizeof(uint);

    /// <summary>The stored size of a block.</summary>
    public uint SizeOf(int block) => MemoryMarshal.Read<uint>(_sizes[(block * sizeof(uint))..]);

    /// <summary>Bytes of stored blocks before one.</summary>
    public long StoredBefore(int block)
    {
        var stored = 0L;
        for (var i = 0; i < block; i++)
        {
            stored += SizeOf(i) & ~SquashFsFormat.DataUncompressed;
        }

        return stored;
    }
}

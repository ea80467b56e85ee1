using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// The list of a table's metadata blocks: 64-bit positions in the image. It is cached while it is read, unless it is longer than in any valid image.
/// </summary>
internal sealed class BlockList
{
    private const int LongestKept = 1 << 16;

    private readonly ImageFile _file;
    private readonly long _start;
    private readonly long[] _known;

    /// <param name="file">The image.</param>
    /// <param name="name">The table's name for messages.</param>
    /// <param name="start">Position of the list.</param>
    /// <param name="end">The latest allowed end of the list.</param>
    /// <param name="blocks">Number of entries in the list.</param>
    /// <exception cref="ImageException"><see cref="ImageFault.TablePlace"/>.</exception>
    public BlockList(ImageFile file, string name, long start, long end, long blocks)
    {
        if (start < 0 || start > end || blocks > (end - start) / sizeof(long))
        {
            throw new ImageException(
                ImageFault.TablePlace, $"{file.Path}: the {name} table's {blocks} blocks, listed at {start}, do not end before {end}.");
        }

        (_file, _start) = (file, start);
        _known = new long[blocks <= LongestKept ? blocks : 0];
    }

    /// <summary>The start of a block, which has not been checked.</summary>
    public long this[long block]
    {
        get
        {
            var position = block < _known.Length ? _known[block] : 0;
            if (position == 0)
            {
                position = _file.Read<long>(_start + (block * sizeof(long)));
                if (block < _known.Length)
                {
                    _known[block] = position;
                }
            }

            return position;
        }
    }
}

/// <summary>The size of a stored data block, in the form used by lists of blocks and by the fragment table.</summary>
internal readonly record struct BlockSize(uint Value)
{
    /// <summary>Number of bytes in the image; 0 for a block of zeros.</summary>
    public int Stored => (int)(Value & ~SquashFsFormat.DataUncompressed);

    public bool IsCompressed => (Value & SquashFsFormat.DataUncompressed) == 0;

    /// <summary>Whether a block of an image may have this size.</summary>
    public bool IsPossible(int blockSize) => (Value & SquashFsFormat.DataSizeReserved) == 0 && Stored <= blockSize;
}

/// <summary>Stored blocks that do not match their checksums. Thread-safe queries.</summary>
internal sealed class BlockDamage
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _damaged = [];
    private readonly HashSet<long> _named = [];

    /// <summary>Number of blocks compared.</summary>
    public long Checked { get; private set; }

    public bool IsAny => _damaged.Count > 0;

    /// <summary>Positions that were never queried.</summary>
    public IEnumerable<long> NotInFiles => _damaged.Except(_named).Order();

    /// <summary>Compares the blocks that a generation added.</summary>
    public void Check(OpenImage image, Generation generation, CancellationToken cancellation)
    {
        if (generation.Record is { Raw.ChecksumTable: > 0 } record)
        {
            Checked += ChecksumVerification.Run(image, record.Raw, _damaged, cancellation);
        }
    }

    /// <summary>Whether the block at a position is damaged.</summary>
    public bool IsAt(long position)
    {
        if (!_damaged.Contains(position))
        {
            return false;
        }

        lock (_gate)
        {
            _named.Add(position);
        }

        return true;
    }
}

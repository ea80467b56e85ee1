namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// The list of the metadata blocks of a table: 64-bit positions in the image. What was read is kept, unless the list is
/// longer than any that a sound image has.
/// </summary>
internal sealed class BlockList
{
    private const int LongestKept = 1 << 16;

    private readonly ImageFile _file;
    private readonly long _start;
    private readonly long[] _known;

    /// <param name="file">The image.</param>
    /// <param name="name">What people call the table.</param>
    /// <param name="start">Position of the list.</param>
    /// <param name="end">The list must end here at the latest.</param>
    /// <param name="blocks">Entries of the list.</param>
    /// <exception cref="ImageException"><see cref="ImageFault.TablePlace"/>.</exception>
    public BlockList(ImageFile file, string name, long start, long end, long blocks)
    {
        if (start < 0 || start > end || blocks > (end - start) / sizeof(long))
        {
            throw new ImageException(ImageFault.TablePlace, $"{file.Path}: the {name} table's {blocks} blocks, listed at {start}, do not end before {end}.");
        }

        (_file, _start) = (file, start);
        _known = new long[blocks <= LongestKept ? blocks : 0];
    }

    /// <summary>Where a block starts; it may be anywhere.</summary>
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

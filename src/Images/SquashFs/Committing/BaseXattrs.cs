using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The extended attributes of the base, taken over as they are: sets name each other's values by their places.</summary>
internal sealed class BaseXattrs
{
    private readonly PlainTable? _values;

    public BaseXattrs(BaseImage image, int threads)
    {
        var table = image.Image.Superblock.Raw.XattrTable;
        var header = table == SquashFsFormat.NoTable ? default : image.Image.File.Read<RawXattrTable>((long)table);
        Sets = [];
        if (header.Count > 0)
        {
            var list = table + 16;
            Sets = image.Entries<RawXattrSet>("xattr", list, header.Count);
            var range = new TableRange("xattr", (long)header.Start, image.Image.File.Read<long>((long)list));
            _values = PlainTable.Read(image.Image.File, image.Codec, range, threads);
        }
    }

    /// <summary>The sets by their index.</summary>
    public RawXattrSet[] Sets { get; }

    /// <summary>Begins a table of values with those of the base: they keep their places.</summary>
    public void CopyTo(MetadataWriter values)
    {
        if (_values is not null)
        {
            _values.Split(out var stored, out var last);
            values.Continue(stored, [.. _values.Starts.SkipLast(1)], last);
        }
    }
}

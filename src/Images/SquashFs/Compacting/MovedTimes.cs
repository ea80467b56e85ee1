using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Moves blocks of times tables into a new file in stored form; blocks shared by generations stay shared.</summary>
internal sealed class MovedTimes
{
    private readonly Dictionary<long, long> _places = [];

    /// <summary>Appends the blocks of a generation's table that were not moved yet, and the list of all blocks.</summary>
    /// <returns>The start of the list; 0 if the generation has no table.</returns>
    public ulong Append(BaseImage image, ImageOutput output)
    {
        if (image.Record is not { Raw.TimesTable: > 0 } record)
        {
            return 0;
        }

        const int perBlock = PrivateFormat.TimesPerBlock;
        var table = new TimesTable(image.Image.File, image.Image.Superblock, image.Image.Metadata, record.Raw);
        var positions = new long[(record.Raw.TimesCount + perBlock - 1) / perBlock];
        for (var block = 0; block < positions.Length; block++)
        {
            var old = table.PositionOf(block);
            positions[block] = old == 0 ? 0 : PlaceOf(old, image.Image.File, output);
        }

        var list = output.Position;
        output.Append(MemoryMarshal.AsBytes<long>(positions));
        return (ulong)list;
    }

    private long PlaceOf(long old, ImageFile file, ImageOutput output)
    {
        if (_places.TryGetValue(old, out var place))
        {
            return place;
        }

        var length = file.Read<ushort>(old) & ~SquashFsFormat.MetadataUncompressed;
        if (length > SquashFsFormat.MetadataSize)
        {
            throw new ImageException(
                ImageFault.MetadataLength, $"{file.Path}: the block of a times table at {old} claims a length of {length} bytes.");
        }

        var stored = new byte[sizeof(ushort) + length];
        file.Read(old, stored);
        place = output.Position;
        output.Append(stored);
        _places.Add(old, place);
        return place;
    }
}

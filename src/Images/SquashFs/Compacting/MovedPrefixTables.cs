using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Moves prefix tables into a new file; a table that generations share is written once.</summary>
internal sealed class MovedPrefixTables
{
    private readonly Dictionary<ulong, ulong> _places = [];

    /// <summary>Appends a generation's table, if it has one that is not damaged: without it, the prefix is searched for again.</summary>
    /// <param name="image">The generation.</param>
    /// <param name="tables">The new file.</param>
    /// <param name="tail">The generation's record; receives the new place.</param>
    public void Append(BaseImage image, ImageTables tables, ref RawRecordTail tail)
    {
        var old = tail;
        (tail.PrefixTable, tail.PrefixLength, tail.PrefixGeneration) = (0, 0, 0);
        if (_places.TryGetValue(old.PrefixTable, out var place))
        {
            (tail.PrefixTable, tail.PrefixLength, tail.PrefixGeneration) = (place, old.PrefixLength, old.PrefixGeneration);
        }
        else if (StoredPrefixTable.TryRead(image.Image, image.Record) is { } table)
        {
            tables.AppendPrefixTable(ref tail, table, old.PrefixGeneration);
            _places.Add(old.PrefixTable, tail.PrefixTable);
        }
    }
}

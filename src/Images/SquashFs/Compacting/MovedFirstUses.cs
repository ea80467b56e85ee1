using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Moves lists of first uses into a new file; a list that generations share is written once.</summary>
internal sealed class MovedFirstUses
{
    private readonly Dictionary<ulong, ulong> _places = [];

    /// <summary>Appends a generation's list, if it has one that is not damaged.</summary>
    /// <param name="image">The generation.</param>
    /// <param name="tables">The new file.</param>
    /// <param name="tail">The generation's record; receives the new place.</param>
    public void Append(BaseImage image, ImageTables tables, ref RawRecordTail tail)
    {
        var old = tail;
        (tail.FirstUses, tail.FirstUsesLength) = (0, 0);
        if (_places.TryGetValue(old.FirstUses, out var place))
        {
            (tail.FirstUses, tail.FirstUsesLength) = (place, old.FirstUsesLength);
        }
        else if (StoredFirstUses.TryRead(image.Image, image.Record) is { } list)
        {
            tables.AppendFirstUses(ref tail, list);
            _places.Add(old.FirstUses, tail.FirstUses);
        }
    }
}

using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads the prefix table of a generation. Its content is not interpreted here.</summary>
internal static class StoredPrefixTable
{
    /// <summary>Reads it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="record">The generation's record; null for another tool's image.</param>
    /// <param name="longest">How many bytes of it to read.</param>
    /// <returns>Its first bytes; null if there is no table, or it is longer than any, or it describes another generation.</returns>
    /// <exception cref="ImageException">It is damaged.</exception>
    public static byte[]? Read(OpenImage image, PrivateRecord? record, int longest)
    {
        if (record is not { Tail: { PrefixTable: > 0, PrefixLength: > 0 and <= PrivateFormat.MaxPrefixTable } tail } || !Describes(record))
        {
            return null;
        }

        return StoredBytes.Read(image, record, "prefix", (tail.PrefixTable, tail.PrefixLength), longest);
    }

    /// <summary>Reads the whole table; null also if it is damaged.</summary>
    public static byte[]? TryRead(OpenImage image, PrivateRecord? record)
    {
        try
        {
            return Read(image, record, PrivateFormat.MaxPrefixTable);
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>Whether the table is of the content that the generation has.</summary>
    private static bool Describes(PrivateRecord record) =>
        record.Tail.PrefixGeneration == record.Raw.Generation
        || ((record.Raw.Flags & PrivateFormat.FlagRestored) != 0 && record.Tail.PrefixGeneration < record.Raw.Generation);
}

using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads the list of first uses of a generation. It is a hint, so a damaged one counts as none.</summary>
internal static class StoredFirstUses
{
    /// <summary>The list's bytes; null if there is none, it is too long, or it is damaged.</summary>
    public static byte[]? TryRead(OpenImage image, PrivateRecord? record)
    {
        if (record is not { Tail: { FirstUses: > 0, FirstUsesLength: > 0 and <= PrivateFormat.MaxFirstUses } tail })
        {
            return null;
        }

        try
        {
            return StoredBytes.Read(image, record, "first use", (tail.FirstUses, tail.FirstUsesLength), PrivateFormat.MaxFirstUses);
        }
        catch (ImageException failure) when (failure.Failure == TreeFailure.Corrupt)
        {
            return null;
        }
    }
}

/// <summary>Reads private tables whose content is not interpreted here.</summary>
internal static class StoredBytes
{
    /// <summary>Reads the beginning of a table.</summary>
    /// <param name="image">The image.</param>
    /// <param name="record">The record of the generation.</param>
    /// <param name="name">The table's name for messages.</param>
    /// <param name="table">The start of its list of blocks, and its length in bytes, which the caller has limited.</param>
    /// <param name="longest">How many bytes of it to read.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    public static byte[] Read(OpenImage image, PrivateRecord record, string name, (ulong List, uint Length) table, int longest)
    {
        var blocks = new LookupTable<byte>(image.File, image.Metadata, name, (long)table.List, (long)record.Start, table.Length);
        var content = new byte[Math.Min(longest, table.Length)];
        var block = new byte[SquashFsFormat.MetadataSize];
        for (var at = 0; at < content.Length; at += block.Length)
        {
            var count = Math.Min(blocks.ReadBlock(at / block.Length, block), content.Length - at);
            block.AsSpan(0, count).CopyTo(content.AsSpan(at));
        }

        return content;
    }
}

using System.Collections;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>All blocks in the checksum tables of all generations, read on first use.</summary>
internal sealed class ChecksumHistory(OpenImage image, PrivateRecord? record) : IReadOnlyList<StoredBlock>
{
    private readonly Lazy<List<StoredBlock>> _blocks = new(() => Read(image, record));

    public int Count => _blocks.Value.Count;

    public StoredBlock this[int index] => _blocks.Value[index];

    public IEnumerator<StoredBlock> GetEnumerator() => _blocks.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The blocks that one generation added.</summary>
    public static List<StoredBlock> Of(OpenImage image, PrivateRecord record)
    {
        var blocks = new List<StoredBlock>();
        if (record.Raw.ChecksumTable == 0)
        {
            return blocks;
        }

        var table = new LookupTable<RawBlockChecksum>(
            image.File, image.Metadata, "checksum", (long)record.Raw.ChecksumTable, (long)record.Start, record.Raw.ChecksumCount);
        var position = (long)record.Raw.FirstBlock;
        for (var i = 0L; i < table.Count; i++)
        {
            var entry = table[i];
            var block = new StoredBlock(position, entry.Size, entry.Checksum);
            blocks.Add(block);
            position = block.End;
        }

        return blocks;
    }

    private static List<StoredBlock> Read(OpenImage image, PrivateRecord? newest)
    {
        var blocks = new List<StoredBlock>();
        for (var record = newest; record is not null; record = record.ReadParent(image.File))
        {
            blocks.AddRange(Of(image, record));
        }

        return blocks;
    }
}

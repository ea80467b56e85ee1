using System.Collections;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>All blocks that the checksum tables of all generations know; read when they are first asked for.</summary>
internal sealed class ChecksumHistory(OpenImage image, PrivateRecord? record) : IReadOnlyList<StoredBlock>
{
    private readonly Lazy<List<StoredBlock>> _blocks = new(() => Read(image, record));

    public int Count => _blocks.Value.Count;

    public StoredBlock this[int index] => _blocks.Value[index];

    public IEnumerator<StoredBlock> GetEnumerator() => _blocks.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static List<StoredBlock> Read(OpenImage image, PrivateRecord? newest)
    {
        var blocks = new List<StoredBlock>();
        for (var record = newest; record is not null; record = record.ReadParent(image.File))
        {
            if (record.Raw.ChecksumTable == 0)
            {
                continue;
            }

            var table = new LookupTable<RawBlockChecksum>(
                image.File, image.Metadata, "checksum", (long)record.Raw.ChecksumTable, (long)record.Start, record.Raw.ChecksumCount);
            var position = (long)record.Raw.FirstBlock;
            for (var i = 0L; i < table.Count; i++)
            {
                var block = new StoredBlock(position, table[i].Size, table[i].Checksum);
                blocks.Add(block);
                position = block.End;
            }
        }

        return blocks;
    }
}

using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>The inodes' positions by number, for images without an export table. The inode table is walked once from start to end.</summary>
internal sealed class InodeScan
{
    private readonly Dictionary<uint, InodeReference> _places = [];

    /// <exception cref="ImageException">The table does not consist of consecutive inodes, or a number is duplicated.</exception>
    public InodeScan(InodeReader inodes, MetadataStore metadata, in TableRange table, string path)
    {
        var (block, offset) = (table.Start, 0);
        while (TryEnter(metadata, table, ref block, ref offset))
        {
            var reference = new InodeReference((uint)(block - table.Start), offset);
            inodes.Read(reference, out var inode);
            if (!_places.TryAdd(inode.Header.Number, reference))
            {
                throw new ImageException(ImageFault.InodeNumber, $"{path}: two inodes have the number {inode.Header.Number}.");
            }

            Highest = Math.Max(Highest, inode.Header.Number);
            SkipTail(metadata, table, inode, out block, out offset);
        }
    }

    /// <summary>Highest inode number.</summary>
    public uint Highest { get; }

    public bool TryFind(ulong number, out InodeReference reference)
    {
        reference = default;
        return number <= uint.MaxValue && _places.TryGetValue((uint)number, out reference);
    }

    /// <summary>Enters the next block at the end of one; false at the end of the table.</summary>
    private static bool TryEnter(MetadataStore metadata, in TableRange table, ref long block, ref int offset)
    {
        using (var lease = metadata.Get(table, block))
        {
            if (offset < lease.Content.Length)
            {
                return true;
            }

            (block, offset) = (lease.Next, 0);
        }

        return block < table.End;
    }

    private static void SkipTail(MetadataStore metadata, in TableRange table, in Inode inode, out long block, out int offset)
    {
        var isExtended = inode.Header.Type > (ushort)InodeType.Socket;
        var cursor = new MetadataCursor(metadata, table, inode.TailBlock, inode.TailOffset);
        try
        {
            switch (inode.Kind)
            {
                case EntryKind.File:
                    cursor.Skip(inode.BlockCount * sizeof(uint));
                    break;
                case EntryKind.Symlink:
                    cursor.Skip(inode.Size + (isExtended ? sizeof(uint) : 0));
                    break;
                default:
                    for (var i = 0; i < inode.IndexCount; i++)
                    {
                        cursor.Skip((int)Math.Min(cursor.Read<RawDirectoryIndex>().NameLengthMinusOne, EntryName.MaxLength) + 1);
                    }

                    break;
            }

            (block, offset) = (cursor.Block, cursor.Offset);
        }
        finally
        {
            cursor.Dispose();
        }
    }
}

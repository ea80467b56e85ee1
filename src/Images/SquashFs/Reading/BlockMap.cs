namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// Finds the data blocks of files. A block's position is the sum of the sizes before it. For a long file, the sum is cached for every 1024th block,
/// so that any read adds up at most that many.
/// </summary>
internal sealed class BlockMap(Superblock superblock, MetadataStore metadata, string path)
{
    private const int Stride = 1024;
    private const int FilesKept = 16;

    private readonly Lock _gate = new();
    private readonly Marks?[] _files = new Marks?[FilesKept];
    private int _next;

    /// <summary>A cursor over the sizes of a file's blocks, positioned before one of them.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="block">Index of the block: less than the file's number of blocks.</param>
    /// <param name="position">That block's position in the image.</param>
    public MetadataCursor Find(in Inode inode, long block, out long position)
    {
        var marks = block >= Stride ? MarksOf(inode) : null;
        var mark = marks is null ? default : marks.Nearest(block / Stride);
        var cursor = marks is null || mark.Block == 0
            ? new MetadataCursor(metadata, superblock.InodeTable, inode.TailBlock, inode.TailOffset)
            : new MetadataCursor(metadata, superblock.InodeTable, mark.Block, mark.Offset);
        position = marks is null || mark.Block == 0 ? inode.Start : mark.Position;
        try
        {
            for (var at = mark.Index * Stride; at < block; at++)
            {
                if (at % Stride == 0 && at > 0)
                {
                    marks!.Keep(at / Stride, new Mark(at / Stride, cursor.Block, cursor.Offset, position));
                }

                position += Next(ref cursor).Stored;
            }
        }
        catch
        {
            cursor.Dispose();
            throw;
        }

        return cursor;
    }

    /// <summary>The size of the block after the cursor.</summary>
    public BlockSize Next(ref MetadataCursor cursor)
    {
        var size = new BlockSize(cursor.Read<uint>());
        return size.IsPossible(superblock.BlockSize)
            ? size
            : throw new ImageException(ImageFault.BlockLength, $"{path}: a data block claims the size 0x{size.Value:x8}.");
    }

    private Marks MarksOf(in Inode inode)
    {
        lock (_gate)
        {
            foreach (var known in _files)
            {
                if (known is not null && known.Block == inode.TailBlock && known.Offset == inode.TailOffset)
                {
                    return known;
                }
            }

            var marks = new Marks(inode.TailBlock, inode.TailOffset);
            _files[_next] = marks;
            _next = (_next + 1) % FilesKept;
            return marks;
        }
    }

    /// <summary>The cursor's position before a block, and the block's position.</summary>
    private readonly record struct Mark(long Index, long Block, int Offset, long Position);

    /// <summary>
    /// The marks of one file, identified by the start of its list of blocks. Their number depends on what was read, not on what the file claims.
    /// </summary>
    private sealed class Marks(long block, int offset)
    {
        private readonly Lock _gate = new();
        private readonly List<Mark> _marks = [];

        public long Block => block;

        public int Offset => offset;

        public Mark Nearest(long index)
        {
            lock (_gate)
            {
                return index > 0 && _marks.Count > 0 ? _marks[(int)Math.Min(index, _marks.Count) - 1] : default;
            }
        }

        public void Keep(long index, in Mark mark)
        {
            lock (_gate)
            {
                if (index == _marks.Count + 1)
                {
                    _marks.Add(mark);
                }
            }
        }
    }
}

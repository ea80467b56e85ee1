using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads the content of files.</summary>
internal sealed class FileReader(ImageFile file, Superblock superblock, BlockMap map, DataStore data, LookupTable<RawFragment> fragments)
{
    private const long MaxSteps = 1 << 20;

    /// <summary>Reads from an offset; returns fewer bytes than requested only at the end of the file.</summary>
    public int Read(in Inode inode, long offset, Span<byte> destination)
    {
        if (offset >= inode.Size || destination.IsEmpty)
        {
            return 0;
        }

        var length = (int)Math.Min(destination.Length, inode.Size - offset);
        destination = destination[..length];
        if (offset >> superblock.BlockLog < inode.BlockCount)
        {
            var inBlocks = (int)Math.Min(length, (inode.BlockCount << superblock.BlockLog) - offset);
            ReadBlocks(inode, offset, destination[..inBlocks]);
            offset += inBlocks;
            destination = destination[inBlocks..];
        }

        if (!destination.IsEmpty)
        {
            ReadFragment(inode, (int)(offset - (inode.BlockCount << superblock.BlockLog)), destination);
        }

        return length;
    }

    /// <summary>
    /// The start of the first stored block at or after an offset; the file's length if there is none. Each block of a hole takes one step. Of very
    /// long holes, only a part is skipped, so that the caller can be cancelled.
    /// </summary>
    public long NextContent(in Inode inode, long offset)
    {
        var block = offset >> superblock.BlockLog;
        if (offset >= inode.Size || block >= inode.BlockCount)
        {
            return Math.Min(offset, inode.Size);
        }

        var cursor = map.Find(inode, block, out _);
        try
        {
            var end = Math.Min(inode.BlockCount, block + MaxSteps);
            while (block < end && map.Next(ref cursor).Stored == 0)
            {
                block++;
            }
        }
        finally
        {
            cursor.Dispose();
        }

        return Math.Min(inode.Size, Math.Max(offset, block << superblock.BlockLog));
    }

    /// <summary>Visits the positions and stored sizes of all blocks with a part of the content.</summary>
    /// <param name="inode">The file.</param>
    /// <param name="offset">Start of the part.</param>
    /// <param name="length">Its length; it may extend beyond the end of the file.</param>
    /// <param name="visit">Called for each block.</param>
    public void VisitBlocks(in Inode inode, long offset, long length, Action<long, int> visit)
    {
        length = Math.Min(length, inode.Size - offset);
        var first = offset >> superblock.BlockLog;
        var end = Math.Min(inode.BlockCount, (offset + length + superblock.BlockSize - 1) >> superblock.BlockLog);
        if (inode.Fragment != SquashFsFormat.NoFragment && offset + length > (inode.BlockCount << superblock.BlockLog))
        {
            var fragment = fragments[inode.Fragment];
            visit((long)Math.Min(fragment.Start, long.MaxValue), new BlockSize(fragment.Size).Stored);
        }

        if (first >= end)
        {
            return;
        }

        var cursor = map.Find(inode, first, out var position);
        try
        {
            for (var block = first; block < end; block++)
            {
                var size = map.Next(ref cursor);
                if (size.Stored > 0)
                {
                    visit(position, size.Stored);
                }

                position += size.Stored;
            }
        }
        finally
        {
            cursor.Dispose();
        }
    }

    /// <summary>Length of the end of a file that is in a fragment.</summary>
    private long Tail(in Inode inode) => inode.Size - (inode.BlockCount << superblock.BlockLog);

    private void ReadBlocks(in Inode inode, long offset, Span<byte> destination)
    {
        var block = offset >> superblock.BlockLog;
        var within = (int)(offset & (superblock.BlockSize - 1));
        var cursor = map.Find(inode, block, out var position);
        try
        {
            while (!destination.IsEmpty)
            {
                var size = map.Next(ref cursor);
                var content = (int)Math.Min(superblock.BlockSize, inode.Size - (block << superblock.BlockLog));
                var part = destination[..Math.Min(destination.Length, content - within)];
                if (size.Stored == 0)
                {
                    part.Clear();
                }
                else
                {
                    data.Copy(position, size, content, within, part);
                }

                destination = destination[part.Length..];
                position += size.Stored;
                within = 0;
                block++;
            }
        }
        finally
        {
            cursor.Dispose();
        }
    }

    private void ReadFragment(in Inode inode, int offset, Span<byte> destination)
    {
        var fragment = fragments[inode.Fragment];
        using var lease = data.Get((long)Math.Min(fragment.Start, long.MaxValue), new BlockSize(fragment.Size));
        var tail = Tail(inode);
        if (inode.FragmentOffset + tail > lease.Content.Length)
        {
            throw new ImageException(
                ImageFault.FragmentOffset,
                $"{file.Path}: {tail} bytes at {inode.FragmentOffset} of fragment {inode.Fragment}, which holds {lease.Content.Length}.");
        }

        lease.Content.Slice((int)inode.FragmentOffset + offset, destination.Length).CopyTo(destination);
    }
}

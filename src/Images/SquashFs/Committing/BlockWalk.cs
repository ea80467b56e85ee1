using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Finds blocks of files of the previous generation; fastest if a file's blocks are requested in order.</summary>
internal sealed class BlockWalk(BaseInodes inodes, int blockSize)
{
    private ulong _inode;
    private int _block;
    private long _position;

    /// <summary>The location of a file's range, if it is one block or a part of a fragment.</summary>
    public BlockOrigin Find(ulong inode, long offset, int length)
    {
        if (!inodes.TryFind(inode, out var record))
        {
            return default;
        }

        var file = inodes.FileAt(record);
        if (offset < 0 || offset > file.Size - length)
        {
            throw new ImageException(ImageFault.FileSize, $"The changes name {length} bytes at {offset} of inode {inode}, which has {file.Size}.");
        }

        var fragment = (long)file.BlockCount * blockSize;
        if (file.HasFragment && offset >= fragment)
        {
            return BlockOrigin.InFragment(file.Fragment, file.FragmentOffset + (uint)(offset - fragment));
        }

        var block = offset / blockSize;
        var isBlock = offset % blockSize == 0 && block < file.BlockCount && length == Math.Min(blockSize, file.Size - offset);
        return isBlock ? BlockOrigin.Block(PositionOf(inode, file, (int)block), file.SizeOf((int)block)) : default;
    }

    private long PositionOf(ulong inode, in BaseFile file, int block)
    {
        if (_inode != inode || block < _block)
        {
            (_inode, _block, _position) = (inode, 0, file.Start);
        }

        for (; _block < block; _block++)
        {
            _position += file.SizeOf(_block) & ~SquashFsFormat.DataUncompressed;
        }

        return _position;
    }
}

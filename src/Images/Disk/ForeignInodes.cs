namespace CondaFuse.Images.Disk;

/// <summary>
/// Numbers inodes of file systems that are mounted below the tree's own, from 2^63 on, where no file system's own numbers
/// are: hard links stay recognisable, and no two inodes get one number.
/// </summary>
internal sealed class ForeignInodes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ulong FileSystem, ulong Inode), ulong> _numbers = [];

    public ulong NumberOf(ulong fileSystem, ulong inode)
    {
        lock (_gate)
        {
            if (!_numbers.TryGetValue((fileSystem, inode), out var number))
            {
                number = (1ul << 63) + (ulong)_numbers.Count;
                _numbers.Add((fileSystem, inode), number);
            }

            return number;
        }
    }
}

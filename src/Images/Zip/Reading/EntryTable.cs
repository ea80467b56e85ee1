namespace CondaFuse.Images.Zip.Reading;

/// <summary>
/// The tree that a central directory describes. Inodes are numbered from 1, the root, in the order in which their paths first appear. A directory
/// that is only implied by other names precedes the first of those.
/// </summary>
internal sealed class EntryTable
{
    public const int Root = 1;

    private GrowableArray<ZipInode> _inodes = new();
    private GrowableArray<EntryLink> _links = new();
    private GrowableArray<byte> _names = new();
    private int[] _buckets = new int[64];
    private int[] _order = [];
    private Dictionary<uint, int>? _indices;

    public EntryTable()
    {
        _inodes.Add(default); // no inode has number 0
        _inodes.Add(new ZipInode { Kind = Tree.EntryKind.Directory, Permissions = 0b111_101_101, Parent = Root, Links = 1 });
    }

    /// <summary>Number of inodes, including the unused number 0.</summary>
    public int InodeCount => _inodes.Count;

    public int LinkCount => _links.Count;

    /// <summary>Names that occur more than once in the central directory: the first occurrences, as links.</summary>
    public List<int> Duplicates { get; } = [];

    /// <summary>The external inode number of an inode in this table: its index, or the number that its entry records.</summary>
    public ulong NumberOf(int inode) => _indices is null ? (ulong)inode : _inodes[inode].Number;

    /// <summary>Finds an inode by its external number.</summary>
    /// <returns>The inode, or 0.</returns>
    public int FindNumber(ulong number)
    {
        var inode = number > int.MaxValue && _indices is null ? 0
            : _indices is null ? (int)number
            : number <= uint.MaxValue ? _indices.GetValueOrDefault((uint)number)
            : 0;
        return inode > 0 && inode < InodeCount && _inodes[inode].Links > 0 ? inode : 0;
    }

    /// <summary>Sets the mapping for external numbers that differ from this table's.</summary>
    public void SetNumbers(Dictionary<uint, int> indices) => _indices = indices;

    public ref ZipInode Inode(int number) => ref _inodes[number];

    public EntryLink Link(int index) => _links[index];

    public ReadOnlySpan<byte> NameOf(in EntryLink link) => _names.Items.Slice(link.NameOffset, link.NameLength);

    /// <summary>The names of a directory, as links, in the order of first appearance.</summary>
    public ReadOnlySpan<int> NamesOf(in ZipInode directory) => _order.AsSpan(directory.FirstName, directory.Names);

    public int AddInode(in ZipInode inode) => _inodes.Add(inode);

    /// <summary>Finds a name.</summary>
    /// <returns>Its link, or -1.</returns>
    public int Find(int directory, ReadOnlySpan<byte> name)
    {
        for (var at = Hash(directory, name) & (_buckets.Length - 1); _buckets[at] != 0; at = (at + 1) & (_buckets.Length - 1))
        {
            var link = _links[_buckets[at] - 1];
            if (link.Parent == directory && NameOf(link).SequenceEqual(name))
            {
                return _buckets[at] - 1;
            }
        }

        return -1;
    }

    /// <summary>Adds a name that does not exist yet.</summary>
    public void AddLink(int directory, ReadOnlySpan<byte> name, int inode)
    {
        var index = _links.Add(new EntryLink(directory, inode, _names.AddRange(name), (byte)name.Length));
        if (_links.Count * 2 > _buckets.Length)
        {
            _buckets = new int[_buckets.Length * 2];
            for (var i = 0; i < _links.Count; i++)
            {
                Hang(i);
            }
        }
        else
        {
            Hang(index);
        }
    }

    /// <summary>Makes a name lead to another inode.</summary>
    public void Redirect(int link, int inode) => _links[link] = _links[link] with { Inode = inode };

    /// <summary>Counts links and sorts names by directory. No more names can be added.</summary>
    public void Complete()
    {
        foreach (ref readonly var link in _links.Items)
        {
            ref var directory = ref _inodes[link.Parent];
            directory.Names++;
            ref var inode = ref _inodes[link.Inode];
            if (inode.Kind == Tree.EntryKind.Directory)
            {
                directory.Links++;
                inode.Links++;
            }
            else
            {
                inode.Links++;
            }
        }

        _order = new int[_links.Count];
        var next = new int[_inodes.Count];
        for (int number = Root, first = 0; number < _inodes.Count; number++)
        {
            _inodes[number].FirstName = next[number] = first;
            first += _inodes[number].Names;
        }

        for (var i = 0; i < _links.Count; i++)
        {
            _order[next[_links[i].Parent]++] = i;
        }
    }

    private void Hang(int index)
    {
        var link = _links[index];
        var at = Hash(link.Parent, NameOf(link)) & (_buckets.Length - 1);
        while (_buckets[at] != 0)
        {
            at = (at + 1) & (_buckets.Length - 1);
        }

        _buckets[at] = index + 1;
    }

    /// <summary>Uses a new random seed in each process, so that no archive can be crafted whose names all collide.</summary>
    private static int Hash(int directory, ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.Add(directory);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}

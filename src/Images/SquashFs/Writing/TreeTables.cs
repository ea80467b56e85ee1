using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// The inode and directory tables. A directory's inodes are stored together in the order of their names, after those of all subdirectories. So a
/// listing needs few headers, and reading all its inodes needs few blocks. Directories with files that are used first after a mount, and those above
/// them, come last in both tables.
/// </summary>
internal sealed class TreeTables
{
    private readonly List<PlannedInode> _numbered = [];
    private Dictionary<ulong, uint>? _numbers;

    private TreeTables(MetadataWriter inodes, MetadataWriter listings) => (Inodes, Listings) = (inodes, listings);

    public MetadataWriter Inodes { get; }

    public MetadataWriter Listings { get; }

    /// <summary>All inodes by number, from 1 on.</summary>
    public IReadOnlyList<PlannedInode> Numbered => _numbered;

    /// <summary>The number of the source's inode in the image; 0 if it is not there.</summary>
    public ulong NumberOf(ulong source)
    {
        _numbers ??= _numbered.Where(inode => inode.Source > 0)
            .DistinctBy(inode => inode.Source)
            .ToDictionary(inode => inode.Source, inode => inode.Number);
        return _numbers.GetValueOrDefault(source);
    }

    public static TreeTables Write(
        SourcePlan plan, IReadOnlyList<StoredBlock> blocks, int blockSize, Func<MetadataWriter> newTable, CancellationToken cancellation)
    {
        var root = plan.Root;
        var tables = new TreeTables(newTable(), newTable());
        var directories = FromTheBottom(root).OrderBy(plan.FirstUses.LeadsTo).ToList(); // the order is stable
        tables.Number(root, directories);
        var inodeWriter = new InodeTableWriter(tables.Inodes, blocks, blockSize);
        var listingWriter = new ListingWriter(tables.Listings);
        var listings = new Dictionary<PlannedInode, WrittenListing>();
        var batch = new ListingBatch();
        foreach (var directory in directories)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Clear();
            foreach (var (name, inode) in directory.Children)
            {
                if (inode.Kind == EntryKind.Directory)
                {
                    listings.Remove(inode, out var listing);
                    inodeWriter.WriteDirectory(inode, listing!, directory.Number);
                }
                else if (!inode.IsWritten)
                {
                    inodeWriter.Write(inode);
                    inode.IsWritten = true;
                }

                batch.Add(name, inode.Kind, inode.Number, inode.Reference);
            }

            listings.Add(directory, listingWriter.Write(batch.Entries, batch.Names));
        }

        inodeWriter.WriteDirectory(root, listings[root], (uint)tables._numbered.Count + 1);
        tables.Inodes.Flush();
        tables.Listings.Flush();
        return tables;
    }

    /// <summary>All directories, each after its subdirectories.</summary>
    private static List<PlannedInode> FromTheBottom(PlannedInode root)
    {
        var order = new List<PlannedInode>();
        var pending = new Stack<PlannedInode>([root]);
        while (pending.TryPop(out var directory))
        {
            order.Add(directory);
            foreach (var (_, inode) in directory.Children)
            {
                if (inode.Kind == EntryKind.Directory)
                {
                    pending.Push(inode);
                }
            }
        }

        order.Reverse();
        return order;
    }

    /// <summary>Assigns numbers in the order in which the inodes will be written.</summary>
    private void Number(PlannedInode root, List<PlannedInode> directories)
    {
        foreach (var directory in directories)
        {
            foreach (var (_, inode) in directory.Children)
            {
                if (inode.Number == 0)
                {
                    Add(inode);
                }
            }
        }

        Add(root);
    }

    private void Add(PlannedInode inode)
    {
        _numbered.Add(inode);
        inode.Number = (uint)_numbered.Count;
    }
}

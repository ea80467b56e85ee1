using System.Collections;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The content of a new generation.</summary>
internal sealed class GenerationPlan
{
    /// <summary>All directories, each before its subdirectories; the root first.</summary>
    public List<PlannedDirectory> Directories { get; } = [];

    /// <summary>Changed inodes by number.</summary>
    public Dictionary<uint, PlannedInode> Changed { get; } = [];

    /// <summary>Inode numbers that have a name, including the root's.</summary>
    public required BitArray Reached { get; init; }

    /// <summary>Highest number in use.</summary>
    public uint Highest { get; set; }

    public EntryCounts Counts { get; set; }

    public long Names { get; set; }

    /// <summary>Total length of all files, each counted once.</summary>
    public long ContentBytes { get; set; }

    public GenerationDifference Difference { get; set; }
}

/// <summary>A directory of the new generation.</summary>
/// <param name="number">Its inode number.</param>
/// <param name="parent">Inode number of its parent; 0 for the root.</param>
/// <param name="record">The position of its inode in the base's table; -1 if it is new.</param>
internal sealed class PlannedDirectory(uint number, uint parent, int record)
{
    public uint Number => number;

    public uint Parent => parent;

    public int Record => record;

    /// <summary>Its attributes; null if its attributes and names are unchanged.</summary>
    public PlannedInode? Changed { get; set; }

    /// <summary>Its names in byte order; null if they are unchanged.</summary>
    public List<NamedEntry>? Names { get; set; }

    /// <summary>2 plus the number of subdirectories; known with <see cref="Listing"/>.</summary>
    public uint Links { get; set; } = 2;

    /// <summary>The location of its written listing.</summary>
    public WrittenListing? Listing { get; set; }
}

/// <summary>A name in a changed directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Node">The tree's handle for the entry.</param>
/// <param name="Number">Its inode number.</param>
/// <param name="Kind">The kind of entry.</param>
internal readonly record struct NamedEntry(byte[] Name, NodeId Node, uint Number, EntryKind Kind)
{
    /// <summary>The names of a directory in byte order, as SquashFS requires.</summary>
    public static List<NamedEntry> Of(IReadableTree tree, NodeId directory) =>
        [.. EntryCollector.SortedOf(tree, directory).Select(entry => new NamedEntry(entry.Name, entry.Node, NumberOf(entry.Inode), entry.Kind))];

    private static uint NumberOf(ulong inode) => inode is > 0 and <= int.MaxValue
        ? (uint)inode
        : throw new TreeException(
            TreeFailure.Unsupported,
            $"An entry has the inode number {inode}; an image holds numbers below 2147483648. Compacting the archive renumbers its entries.");
}

using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A directory of the generation to be.</summary>
/// <param name="number">Its inode number.</param>
/// <param name="parent">Its parent's; 0 for the root.</param>
/// <param name="record">Where its inode is in the base's table; -1 if it is new.</param>
internal sealed class PlannedDirectory(uint number, uint parent, int record)
{
    public uint Number => number;

    public uint Parent => parent;

    public int Record => record;

    /// <summary>Its attributes; null if they, and its names, are as they were.</summary>
    public PlannedInode? Changed { get; set; }

    /// <summary>Its names in the order of their bytes; null if they are as they were.</summary>
    public List<NamedEntry>? Names { get; set; }

    /// <summary>2 plus its subdirectories; known with <see cref="Listing"/>.</summary>
    public uint Links { get; set; } = 2;

    /// <summary>Where its listing was written.</summary>
    public WrittenListing? Listing { get; set; }
}

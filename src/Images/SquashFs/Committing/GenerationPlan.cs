using System.Collections;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>What a new generation holds.</summary>
internal sealed class GenerationPlan
{
    /// <summary>All directories, each before those below it; the root first.</summary>
    public List<PlannedDirectory> Directories { get; } = [];

    /// <summary>What is not as it was, by inode number.</summary>
    public Dictionary<uint, PlannedInode> Changed { get; } = [];

    /// <summary>Inode numbers that have a name, or are the root's.</summary>
    public required BitArray Reached { get; init; }

    /// <summary>Highest number that is in use.</summary>
    public uint Highest { get; set; }

    public EntryCounts Counts { get; set; }

    public long Names { get; set; }

    /// <summary>Lengths of all files, each counted once.</summary>
    public long ContentBytes { get; set; }

    public GenerationDifference Difference { get; set; }
}

using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>What an archive shall hold.</summary>
internal sealed class WritingPlan
{
    /// <summary>The root's attributes: it has no entry.</summary>
    public required Attributes Root { get; init; }

    /// <summary>The entries in the order in which they are written.</summary>
    public List<PlannedEntry> Entries { get; } = [];

    /// <summary>What could not be stored, one sentence each.</summary>
    public List<string> Warnings { get; } = [];

    public EntryCounts Counts { get; set; }

    public long ContentBytes { get; set; }

    public uint HighestNumber { get; set; } = 1;
}

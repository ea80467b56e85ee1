namespace CondaFuse.Images;

/// <summary>How a tree is written to the disk.</summary>
public sealed record ExtractOptions
{
    /// <summary>Threads that read and write content; the number of cores is a good one.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether owners and groups are restored, which only root may; otherwise everything belongs to who extracts.</summary>
    public required bool KeepOwners { get; init; }

    /// <summary>Whether extended attributes are restored.</summary>
    public bool Xattrs { get; init; } = true;

    /// <summary>
    /// Whether what may give rights away is restored: set-id bits, devices, extended attributes of <c>security.</c> and <c>trusted.</c> Only for
    /// trees that are trusted,
    /// and only root may make most of it.
    /// </summary>
    public bool PreserveSpecial { get; init; }

    /// <summary>What gives files further names of what they are on the disk already, in place of copies; null to copy all.</summary>
    public IFileLinks? Links { get; init; }
}

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Everything that the source holds, as the image will have it.</summary>
internal sealed class SourcePlan(PlannedInode root, OwnerTable owners, XattrCollector xattrs)
{
    public PlannedInode Root { get; } = root;

    public OwnerTable Owners { get; } = owners;

    public XattrCollector Xattrs { get; } = xattrs;

    public EntryCounts Counts { get; set; }

    public long Names { get; set; }

    /// <summary>Lengths of all files, each counted once.</summary>
    public long ContentBytes { get; set; }

    public List<string> Warnings { get; } = [];
}

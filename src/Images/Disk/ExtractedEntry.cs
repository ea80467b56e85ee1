using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>An entry on its way to the disk.</summary>
internal readonly record struct ExtractedEntry(DiskNode Place, Attributes Attributes);

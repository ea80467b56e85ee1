using CondaFuse.Tree;

namespace CondaFuse.Changes.Comparing;

/// <summary>A name in a directory that was listed.</summary>
/// <param name="Path">From the root.</param>
/// <param name="Inode">The entry's number.</param>
/// <param name="Kind">What it is.</param>
internal sealed record NamedEntry(byte[] Path, ulong Inode, EntryKind Kind);

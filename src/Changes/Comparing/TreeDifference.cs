using CondaFuse.Tree;

namespace CondaFuse.Changes.Comparing;

/// <summary>A path at which two trees differ.</summary>
/// <param name="Kind">How.</param>
/// <param name="Path">In the later tree, where it is there, else in the earlier; components divided by <c>/</c>, none before the first.</param>
/// <param name="EntryKind">What is there.</param>
/// <param name="Size">Bytes of a file: in the later tree, of a removed one in the earlier; else 0.</param>
/// <param name="OldPath">Of a renamed entry, its path in the earlier tree.</param>
/// <param name="ContentChanged">Whether the content of a renamed file is another, too.</param>
public sealed record TreeDifference(
    DifferenceKind Kind, ReadOnlyMemory<byte> Path, EntryKind EntryKind, long Size, ReadOnlyMemory<byte>? OldPath = null, bool ContentChanged = false);

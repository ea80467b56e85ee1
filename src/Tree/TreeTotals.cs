namespace CondaFuse.Tree;

/// <summary>Totals of a tree, as <c>statfs</c> wants them.</summary>
/// <param name="Entries">Number of inodes.</param>
/// <param name="StoredBytes">Bytes that the tree takes where it is stored.</param>
/// <param name="BlockSize">Preferred size of a transfer in bytes.</param>
public readonly record struct TreeTotals(long Entries, long StoredBytes, int BlockSize);

namespace CondaFuse.Tree;

/// <summary>A run of a file's content and where it comes from.</summary>
/// <param name="Offset">Where in the file it begins; pieces follow each other without gaps and end at the file's length.</param>
/// <param name="Length">Its bytes: at least 1.</param>
/// <param name="Origin">What it is.</param>
/// <param name="BaseInode">For <see cref="ContentOrigin.Base"/>: the inode number, in the tree below, of the file that holds the same bytes.</param>
/// <param name="BaseOffset">For <see cref="ContentOrigin.Base"/>: where in that file they begin.</param>
public readonly record struct ContentPiece(long Offset, long Length, ContentOrigin Origin, ulong BaseInode = 0, long BaseOffset = 0);

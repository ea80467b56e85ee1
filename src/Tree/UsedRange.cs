namespace CondaFuse.Tree;

/// <summary>A part of a file that somebody read.</summary>
/// <param name="Path">The file's path from the root of its tree, without a slash at either end.</param>
/// <param name="Offset">Where the part begins, in bytes.</param>
/// <param name="Length">Its bytes: at least 1.</param>
public readonly record struct UsedRange(ReadOnlyMemory<byte> Path, long Offset, long Length);

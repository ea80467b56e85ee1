namespace CondaFuse.Images;

/// <summary>What was extracted.</summary>
/// <param name="Counts">Inodes of each kind.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once.</param>
/// <param name="Warnings">What this user or file system did not let us restore, one sentence each.</param>
public sealed record ExtractResult(EntryCounts Counts, long ContentBytes, IReadOnlyList<string> Warnings);

namespace CondaFuse.Packing;

/// <summary>What was written.</summary>
/// <param name="ArchiveBytes">Length of the archive; of a directory, of its content.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once however many names it has.</param>
/// <param name="Entries">Files, directories and the rest, each counted once however many names it has.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record PackedArchive(long ArchiveBytes, long ContentBytes, long Entries, IReadOnlyList<string> Warnings);

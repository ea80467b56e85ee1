namespace CondaFuse.Images;

/// <summary>What was written.</summary>
/// <param name="ImageBytes">Length of the image's file.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once however many names it has.</param>
/// <param name="Counts">Inodes of each kind.</param>
/// <param name="Names">Names in all directories.</param>
/// <param name="SharedFiles">Files whose content was there already and is stored once.</param>
/// <param name="Identity">The archive's identity, for good.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record PackResult(
    long ImageBytes, long ContentBytes, EntryCounts Counts, long Names, long SharedFiles, Guid Identity, IReadOnlyList<string> Warnings);

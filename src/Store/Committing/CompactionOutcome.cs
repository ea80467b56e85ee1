namespace CondaFuse.Store.Committing;

/// <summary>What became of an archive that was compacted.</summary>
/// <param name="BytesBefore">Length of its file before.</param>
/// <param name="Bytes">Length of its file now.</param>
/// <param name="Generations">Numbers of the generations that remain, the newest first.</param>
/// <param name="Dropped">Earlier generations that are gone.</param>
/// <param name="IsDone">False where there are no more generations than are kept: nothing was changed.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CompactionOutcome(long BytesBefore, long Bytes, IReadOnlyList<long> Generations, int Dropped, bool IsDone, IReadOnlyList<string> Warnings);

namespace CondaFuse.Images;

/// <summary>What became of an image.</summary>
/// <param name="BytesBefore">Length of its file before.</param>
/// <param name="ImageBytes">Length of its file now.</param>
/// <param name="Kept">Numbers of the generations that remain, the newest first.</param>
/// <param name="Dropped">How many are gone.</param>
public sealed record CompactionResult(long BytesBefore, long ImageBytes, IReadOnlyList<long> Kept, int Dropped);

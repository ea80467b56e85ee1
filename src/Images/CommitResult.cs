namespace CondaFuse.Images;

/// <summary>What was appended to an image.</summary>
/// <param name="Info">The image's generation now.</param>
/// <param name="Difference">What it changed.</param>
/// <param name="ImageBytes">Length of the image's file.</param>
/// <param name="GrownBytes">By how much that is longer than before.</param>
/// <param name="DataBytes">Bytes of data blocks among them; the others are tables.</param>
/// <param name="DeadBytes">Bytes of the file that belong to earlier generations only.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CommitResult(
    GenerationInfo Info, GenerationDifference Difference, long ImageBytes, long GrownBytes, long DataBytes, long DeadBytes, IReadOnlyList<string> Warnings);

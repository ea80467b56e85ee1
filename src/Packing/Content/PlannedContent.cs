namespace CondaFuse.Packing.Content;

/// <summary>What becomes of a file's content.</summary>
/// <param name="Content">What is packed in its place; null for the file as it is.</param>
/// <param name="Record">What is left to do where it is unpacked.</param>
/// <param name="IsOverwritten">Whether it is not what conda installed.</param>
internal readonly record struct PlannedContent(RewrittenContent? Content, PrefixRecord? Record, bool IsOverwritten);

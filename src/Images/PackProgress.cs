namespace CondaFuse.Images;

/// <summary>How far the writing of an image is. Reported from any of its threads, never from two at once.</summary>
/// <param name="Files">Files that were read.</param>
/// <param name="Bytes">Bytes of content that were read.</param>
/// <param name="StoredBytes">Bytes of the image that were written.</param>
/// <param name="TotalFiles">Files found so far; all of them once <paramref name="IsTotalKnown"/>.</param>
/// <param name="TotalBytes">Bytes of content found so far.</param>
/// <param name="IsTotalKnown">Whether the source was walked to its end.</param>
public readonly record struct PackProgress(long Files, long Bytes, long StoredBytes, long TotalFiles, long TotalBytes, bool IsTotalKnown);

namespace CondaFuse.Images;

/// <summary>What a verification found.</summary>
/// <param name="Findings">What is wrong, at most <see cref="Verifier.MostFindings"/>; empty for a sound image.</param>
/// <param name="Counts">Inodes of each kind that were looked at.</param>
/// <param name="ContentBytes">Bytes of content that were read.</param>
/// <param name="CheckedBlocks">Stored blocks whose checksum was compared; 0 for an image without checksums.</param>
public sealed record VerifyResult(IReadOnlyList<VerifyFinding> Findings, EntryCounts Counts, long ContentBytes, long CheckedBlocks)
{
    /// <summary>Generations that were verified; content that several have is read once.</summary>
    public int Generations { get; init; } = 1;

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Findings.Count == 0;
}

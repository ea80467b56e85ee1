namespace CondaFuse.Compression;

/// <summary>
/// Compresses members to xz streams of one block, with liblzma's preset of a level but for its search, which looks at fewer places: what that takes less of time
/// is more than what it takes more of room, most of which the filter for machine code gives back.
/// </summary>
/// <param name="level">0 to 9.</param>
/// <param name="branchFilter">Id of a filter for machine code; 0 for none.</param>
internal sealed class XzMemberCompressor(int level, ulong branchFilter) : IBlockCompressor
{
    private readonly LzmaEncoder _encoder = new(new LevelRange(0, 9, 6).Check(level), 1 << Dictionaries[level], SearchOf(level));

    /// <summary>Dictionaries of liblzma's presets 0 to 9, as shifts of one byte (<c>lzma_encoder_presets.c</c>); none is longer than the longest member.</summary>
    private static ReadOnlySpan<byte> Dictionaries => [18, 20, 21, 22, 22, 23, 23, 24, 25, 25];

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => _encoder.Encode(source, destination, branchFilter);

    public void Dispose() => _encoder.Dispose();

    /// <summary>At level 0 nearly all time goes into coding, at level 1 most of it: no search makes much of a difference. Beside each: time and size of a whole
    /// python environment, with the filter, against the preset's without it.</summary>
    private static LzmaEncoder.MatchSearch? SearchOf(int level) => level switch
    {
        0 => null,
        1 => new(0, NiceLength: 128, Depth: 2), // 0.74, 1.02
        2 => new(0, NiceLength: 273, Depth: 6), // 0.63, 1.00
        3 => new(0, NiceLength: 128, Depth: 12), // 0.47, 0.99
        4 => new(LzmaEncoder.MatchSearch.HashChain4, NiceLength: 18, Depth: 6), // 0.66, 1.00
        5 => new(0, NiceLength: 20, Depth: 6), // 0.66, 1.02
        6 or 7 or 8 => new(0, NiceLength: 28, Depth: 8),
        _ => new(0, NiceLength: 40, Depth: 10),
    };
}

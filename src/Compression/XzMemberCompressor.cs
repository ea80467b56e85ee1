namespace CondaFuse.Compression;

/// <summary>Compresses members to xz streams of one block.</summary>
internal sealed class XzMemberCompressor(int level, int dictionarySize, LzmaEncoder.MatchSearch? search = null, ulong branchFilter = 0) : IBlockCompressor
{
    private readonly LzmaEncoder _encoder = new(Codecs.Xz.Levels.Check(level), dictionarySize, search);

    /// <summary>Dictionaries of liblzma's presets 0 to 9, as shifts of one byte (<c>lzma_encoder_presets.c</c>); none is longer than the longest member.</summary>
    private static ReadOnlySpan<byte> Dictionaries => [18, 20, 21, 22, 22, 23, 23, 24, 25, 25];

    /// <summary>Bytes that a match of a level reaches back.</summary>
    public static int DictionaryOf(int level) => 1 << Dictionaries[Codecs.Xz.Levels.Check(level)];

    /// <summary>
    /// A compressor for machine code of x86. The filter for it makes a python environment 3 % smaller; a search that finds 2 to 3 % less takes two thirds of
    /// the preset's time. Members without code keep the preset's search, by which text becomes smaller. At level 0 nearly all time goes into coding, not into the search.
    /// </summary>
    public static XzMemberCompressor OfCode(int level) => new(level, DictionaryOf(level), SearchOf(level), LzmaEncoder.X86);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => _encoder.Encode(source, destination, branchFilter);

    public void Dispose() => _encoder.Dispose();

    /// <summary>Measured on 34 MB out of a packed environment of python, numpy, scipy and pandas: size and processor time against the preset's.</summary>
    private static LzmaEncoder.MatchSearch? SearchOf(int level) => level switch
    {
        0 => null, // 0.97, 1.00
        1 => new(0, NiceLength: 128, Depth: 3), // 1.00, 0.86
        2 => new(0, NiceLength: 273, Depth: 6), // 1.00, 0.64
        3 => new(0, NiceLength: 128, Depth: 12), // 0.99, 0.62
        4 => new(LzmaEncoder.MatchSearch.HashChain4, NiceLength: 24, Depth: 6), // 0.99, 0.70
        5 => new(0, NiceLength: 20, Depth: 8), // 1.00, 0.77
        _ => new(0, NiceLength: 24, Depth: 8), // 1.01, 0.60 to 0.70
    };
}

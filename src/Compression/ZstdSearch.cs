namespace CondaFuse.Compression;

/// <summary>
/// How zstd looks for matches where that is not as its level says: sooner done, and hardly longer. Measured on blocks of <see cref="Codecs.LargeBlock"/>, which levels are tuned for least, out of a python
/// environment with numpy, scipy and pandas, as processor time and size against those of the level.
/// </summary>
internal static class ZstdSearch
{
    /// <summary><c>ZSTD_lazy2</c>, <c>ZSTD_btopt</c>, <c>ZSTD_btultra</c>.</summary>
    private const int Lazy2 = 5, Optimal = 7, Ultra = 8;

    /// <summary><c>ZSTD_cParameter</c>; places that are looked at are two to the power of <see cref="SearchLog"/>.</summary>
    public enum Parameter
    {
        /// <summary>Sets all others.</summary>
        Level = 100,

        HashLog = 102,
        SearchLog = 104,

        /// <summary>A match of so many bytes is taken without looking for a longer one.</summary>
        TargetLength = 106,

        Strategy = 107,
    }

    /// <summary>What differs from the level's own parameters; the levels are those of packed images.</summary>
    public static (Parameter Name, int Value)[] Of(int level) => level switch
    {
        10 => [(Parameter.SearchLog, 4)], // 0.65, 1.006
        12 => [(Parameter.Strategy, Lazy2), (Parameter.SearchLog, 7)], // 0.33, 1.005
        15 => [(Parameter.HashLog, 16), (Parameter.SearchLog, 3), (Parameter.TargetLength, 20)], // 0.66, 1.015
        17 => [(Parameter.Strategy, Optimal), (Parameter.SearchLog, 6), (Parameter.TargetLength, 128)], // 0.64, 1.005
        20 => [(Parameter.Strategy, Ultra), (Parameter.SearchLog, 6), (Parameter.TargetLength, 64)], // 0.52, 1.004
        _ => [],
    };
}

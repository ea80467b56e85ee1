namespace CondaFuse.Compression;

/// <summary>The levels of a codec, from fast to small.</summary>
/// <param name="Lowest">The fastest.</param>
/// <param name="Highest">The smallest output.</param>
/// <param name="Default">What is taken where nobody says otherwise.</param>
public readonly record struct LevelRange(int Lowest, int Highest, int Default)
{
    /// <summary>Whether the codec has this level.</summary>
    public bool Contains(int level) => level >= Lowest && level <= Highest;

    internal int Check(int level) =>
        Contains(level)
            ? level
            : throw new ArgumentOutOfRangeException(nameof(level), level, $"The level must be {Lowest} to {Highest}.");
}

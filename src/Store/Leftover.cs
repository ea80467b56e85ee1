namespace CondaFuse.Store;

/// <summary>Something that a killed process, or an archive deleted by hand, left behind.</summary>
/// <param name="Kind">What it is, in a few words.</param>
/// <param name="Subject">The path that it is about.</param>
/// <param name="Advice">What to do about it by hand; null if cleaning does it.</param>
/// <param name="Clean">Cleans it; null if only the user can decide.</param>
public sealed record Leftover(string Kind, string Subject, string? Advice, Action? Clean)
{
    /// <summary>What the user must answer with yes before it is cleaned; null if it needs no decision.</summary>
    public string? Question { get; init; }

    /// <summary>Whether cleaning removes uncommitted work.</summary>
    public bool Discards { get; init; }
}

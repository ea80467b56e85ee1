using CondaFuse.Images;

namespace CondaFuse.Packing;

/// <summary>How an archive is written.</summary>
public sealed record ArchiveTerms
{
    /// <summary>The level that is taken where nobody says otherwise.</summary>
    public const int DefaultLevel = 4;

    /// <summary>The format.</summary>
    public required PackFormat Format { get; init; }

    /// <summary>Threads that compress.</summary>
    public required int Threads { get; init; }

    /// <summary>From 0, the fastest, to <see cref="PackFormats.HighestLevel"/>, the smallest.</summary>
    public int Level { get; init; } = DefaultLevel;

    /// <summary>Where in the archive the tree goes: names with <c>/</c> between; empty for its root.</summary>
    public string ArcRoot { get; init; } = "";

    /// <summary>Whether a zip archive may have 64-bit sizes, which old programs do not read; else what needs them fails.</summary>
    public bool AllowsZip64 { get; init; } = true;

    /// <summary>How a SquashFS image is written, if not as the level says.</summary>
    public PackOptions? Image { get; init; }
}

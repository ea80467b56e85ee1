namespace CondaFuse.Relocation;

/// <summary>A position of a prefix in a file.</summary>
/// <param name="Offset">Its offset in bytes.</param>
/// <param name="Form">The form in which it is written there.</param>
public readonly record struct PrefixSpot(int Offset, PrefixForm Form);

/// <summary>A C string of a binary that contains the prefix.</summary>
/// <param name="Count">Number of positions in it; they follow those of the previous string.</param>
/// <param name="End">Offset of its terminating NUL.</param>
/// <param name="Room">Number of NULs after it that a longer prefix may use: the space that the installed prefix left of the placeholder.</param>
public readonly record struct PrefixString(int Count, int End, int Room);

/// <summary>A string in Python's byte code that contains the prefix, preceded by its length.</summary>
/// <param name="Count">Number of positions in it; they follow those of the previous string.</param>
/// <param name="TypeAt">Offset of its type byte.</param>
/// <param name="Type">The type byte.</param>
/// <param name="HeadLength">Number of bytes of the type and the length.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct CountedString(int Count, int TypeAt, byte Type, int HeadLength, int Length);

/// <summary>
/// The positions of a prefix in a text or a binary: enough to replace it by another prefix, and to compute the new length, without the content.
/// </summary>
public sealed record PrefixSpots
{
    /// <summary>The positions in order, without overlaps.</summary>
    public required IReadOnlyList<PrefixSpot> Spots { get; init; }

    /// <summary>For a binary: its strings in order. Null for a text.</summary>
    public IReadOnlyList<PrefixString>? Strings { get; init; }

    /// <summary>For byte code: its strings in order. Null for anything else.</summary>
    public IReadOnlyList<CountedString>? Counted { get; init; }

    /// <summary>For a script whose interpreter is below the prefix: the start of the program's name; otherwise 0.</summary>
    public int ShebangProgram { get; init; }

    /// <summary>For such a script: the end of the first line, without its newline.</summary>
    public int ShebangEnd { get; init; }
}

namespace CondaFuse.Relocation;

/// <summary>Where a prefix is in a file.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Form">How it is written there.</param>
public readonly record struct PrefixSpot(int Offset, PrefixForm Form);

/// <summary>A C string of a binary that contains the prefix.</summary>
/// <param name="Count">How many of the spots are in it; they follow those of the string before.</param>
/// <param name="End">Offset of the NUL that ends it.</param>
/// <param name="Room">NULs behind it that a longer prefix may use: what the installed prefix left of the placeholder.</param>
public readonly record struct PrefixString(int Count, int End, int Room);

/// <summary>A string of Python's byte code that contains the prefix, with its length before it.</summary>
/// <param name="Count">How many of the spots are in it; they follow those of the string before.</param>
/// <param name="TypeAt">Offset of the byte that says its type.</param>
/// <param name="Type">That byte.</param>
/// <param name="HeadLength">Bytes of the type and the length.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct CountedString(int Count, int TypeAt, byte Type, int HeadLength, int Length);

/// <summary>
/// Where a prefix is in a text or a binary: all that is needed to replace it with any other, and to tell the new length, without the content.
/// </summary>
public sealed record PrefixSpots
{
    /// <summary>The spots, in their order; they do not overlap.</summary>
    public required IReadOnlyList<PrefixSpot> Spots { get; init; }

    /// <summary>Of a binary: its strings, in their order. Null for a text.</summary>
    public IReadOnlyList<PrefixString>? Strings { get; init; }

    /// <summary>Of byte code: its strings, in their order. Null for anything else.</summary>
    public IReadOnlyList<CountedString>? Counted { get; init; }

    /// <summary>Of a script whose first line names a program below the prefix: where that program's name begins; else 0.</summary>
    public int ShebangProgram { get; init; }

    /// <summary>Of such a script: the end of the first line, without its newline.</summary>
    public int ShebangEnd { get; init; }
}

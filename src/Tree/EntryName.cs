namespace CondaFuse.Tree;

/// <summary>One component of a path: 1 to 255 bytes, any but NUL and <c>/</c>, and not <c>.</c> or <c>..</c>.</summary>
public static class EntryName
{
    /// <summary>Longest name in bytes.</summary>
    public const int MaxLength = 255;

    /// <summary>Whether the bytes are a legal name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxLength
        && !name.ContainsAny((byte)0, (byte)'/')
        && !name.SequenceEqual("."u8)
        && !name.SequenceEqual(".."u8);
}

namespace CondaFuse.Compression;

/// <summary>How far a decoder came.</summary>
public enum DecodeStatus
{
    /// <summary>It wants more input, or more room.</summary>
    Going,

    /// <summary>The stream ended; what follows belongs to no stream, or to the next one.</summary>
    Ended,

    /// <summary>The input breaks its format's rules, or asks for more memory than is given.</summary>
    Damaged,
}

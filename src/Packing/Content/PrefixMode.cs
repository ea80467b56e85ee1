namespace CondaFuse.Packing.Content;

/// <summary>How a prefix lies in a file, as conda's records say it.</summary>
internal enum PrefixMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>In text: replacing changes the length.</summary>
    Text,

    /// <summary>In C strings of a binary: replacing keeps all lengths, with NULs behind a shorter string.</summary>
    Binary,

    /// <summary>Nobody recorded it.</summary>
    Unknown,
}

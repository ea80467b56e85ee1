namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Figures of what our writer adds to SquashFS (<c>docs/formats.md</c>).</summary>
internal static class PrivateFormat
{
    /// <summary>"CondaFs" and 0x1A, little-endian: begins the footer.</summary>
    public const ulong FooterMagic = 0x1A734661646E6F43;

    /// <summary>"CondaRc" and 0x1A, little-endian: begins the record.</summary>
    public const ulong RecordMagic = 0x1A635261646E6F43;

    /// <summary>A reader leaves alone what has another major version.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when fields are added that older readers may ignore.</summary>
    public const ushort MinorVersion = 2;

    /// <summary>Bytes behind the message of a record of minor version 1.</summary>
    public const int TailOfVersion1 = 72;

    /// <summary>Longest record in bytes.</summary>
    public const int MaxRecord = 1 << 20;

    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 65536;

    /// <summary>Inodes in a block of the times table.</summary>
    public const int TimesPerBlock = 256;

    /// <summary>Bytes of an inode in the times table: seconds and nanoseconds of two times, column by column in a block.</summary>
    public const int TimesEntry = 24;

    /// <summary>In a record's flags: the generation gives back the content of an earlier one.</summary>
    public const uint FlagRestored = 1;
}

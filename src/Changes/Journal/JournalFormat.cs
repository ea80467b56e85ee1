namespace CondaFuse.Changes.Journal;

/// <summary>Figures of the journal (<c>docs/formats.md</c>, "Changes").</summary>
internal static class JournalFormat
{
    /// <summary>"CondaFj" and 0x1A, little-endian: begins a segment.</summary>
    public const ulong SegmentMagic = 0x1A6A4661646E6F43;

    /// <summary>"CondaFd" and 0x1A, little-endian: begins a data file.</summary>
    public const ulong DataMagic = 0x1A644661646E6F43;

    /// <summary>Another one is refused.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when something is added that older programs may ignore.</summary>
    public const ushort MinorVersion = 0;

    /// <summary>Reads as something else where the order of bytes differs.</summary>
    public const uint ByteOrder = 0x01020304;

    /// <summary>Bytes of a segment's header.</summary>
    public const int SegmentHeader = 128;

    /// <summary>Bytes of a data file's header.</summary>
    public const int DataHeader = 64;

    /// <summary>Bytes before a record's fields: checksum (4), length of the fields (3), kind (1).</summary>
    public const int RecordHeader = 8;

    /// <summary>Longest value: what Linux allows an extended attribute to be.</summary>
    public const int MaxValue = 65536;

    /// <summary>Most bytes of a record's fields.</summary>
    public const int MaxFields = MaxValue + 1024;
}

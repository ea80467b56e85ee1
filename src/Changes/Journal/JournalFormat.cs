using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>Constants of the journal format (<c>docs/formats.md</c>, "Changes").</summary>
internal static class JournalFormat
{
    /// <summary>"CondaFj" and 0x1A, little-endian: begins a segment.</summary>
    public const ulong SegmentMagic = 0x1A6A4661646E6F43;

    /// <summary>"CondaFd" and 0x1A, little-endian: begins a data file.</summary>
    public const ulong DataMagic = 0x1A644661646E6F43;

    /// <summary>Any other major version is refused.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when something is added that older programs may ignore.</summary>
    public const ushort MinorVersion = 0;

    /// <summary>Reads as another number if the byte order differs.</summary>
    public const uint ByteOrder = 0x01020304;

    /// <summary>Bytes of a segment's header.</summary>
    public const int SegmentHeader = 128;

    /// <summary>Bytes of a data file's header.</summary>
    public const int DataHeader = 64;

    /// <summary>Bytes before a record's fields: checksum (4), length of the fields (3), kind (1).</summary>
    public const int RecordHeader = 8;

    /// <summary>Longest value: the limit that Linux sets for extended attributes.</summary>
    public const int MaxValue = 65536;

    /// <summary>Maximum number of bytes of a record's fields.</summary>
    public const int MaxFields = MaxValue + 1024;
}

/// <summary>The first checks of every file of the journal.</summary>
internal static class FormatCheck
{
    public static void Magic(ulong found, ulong wanted, string file)
    {
        if (found != wanted)
        {
            throw new ChangesException(ChangesFault.NotAJournal, $"{file} does not start with the header of its kind.");
        }
    }

    public static void Version(ushort major, ushort minor, string file)
    {
        if (major != JournalFormat.MajorVersion)
        {
            throw new ChangesException(
                ChangesFault.Version,
                $"{file} has version {major}.{minor} of its format; this program knows version {JournalFormat.MajorVersion}: a newer one is needed.");
        }
    }

    public static void Sound(bool condition, string file, string what)
    {
        if (!condition)
        {
            throw new ChangesException(ChangesFault.Damaged, $"{file} is damaged: {what}.");
        }
    }
}

/// <summary>The header of a data file on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDataHeader
{
    public ulong Magic;
    public ushort MajorVersion;
    public ushort MinorVersion;
    public uint Reserved1;
    public Guid Segment;
    public Guid Reserved2;
    public ulong Reserved3;
    public uint Reserved4;

    /// <summary>CRC32C of everything before this field.</summary>
    public uint Checksum;
}

/// <summary>The header of a data file, which names its segment.</summary>
internal static class DataHeader
{
    /// <summary>The header in its form on disk.</summary>
    public static byte[] ToBytes(Guid segment)
    {
        var bytes = new byte[JournalFormat.DataHeader];
        ref var raw = ref Unsafe.As<byte, RawDataHeader>(ref bytes[0]);
        raw = new RawDataHeader
        {
            Magic = JournalFormat.DataMagic,
            MajorVersion = JournalFormat.MajorVersion,
            MinorVersion = JournalFormat.MinorVersion,
            Segment = segment,
        };
        raw.Checksum = Crc32C.Of(bytes.AsSpan(0, JournalFormat.DataHeader - sizeof(uint)));
        return bytes;
    }

    /// <summary>Checks the bytes of a header.</summary>
    /// <exception cref="ChangesException">They are not a data file's header, or belong to another segment.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, Guid segment, string file)
    {
        if (bytes.Length < JournalFormat.DataHeader)
        {
            throw new ChangesException(
                ChangesFault.NotAJournal, $"{file} ends after {bytes.Length} bytes: a data file begins with {JournalFormat.DataHeader}.");
        }

        var raw = MemoryMarshal.Read<RawDataHeader>(bytes);
        FormatCheck.Magic(raw.Magic, JournalFormat.DataMagic, file);
        FormatCheck.Version(raw.MajorVersion, raw.MinorVersion, file);
        FormatCheck.Sound(raw.Checksum == Crc32C.Of(bytes[..(JournalFormat.DataHeader - sizeof(uint))]), file, "its header has a wrong checksum");
        FormatCheck.Sound(raw.Segment == segment, file, "it belongs to another segment");
    }
}

/// <summary>The header of a segment on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawSegmentHeader
{
    public ulong Magic;
    public ushort MajorVersion;
    public ushort MinorVersion;
    public uint ByteOrder;
    public Guid Segment;
    public Guid Image;
    public ulong Generation;
    public Guid Parent;
    public uint Replaces;
    public uint Flags;
    public ulong FirstInode;
    public long Seconds;
    public uint Nanoseconds;
    public ulong ParentLength;
    public uint ParentChecksum;

    /// <summary>First 8 bytes of <see cref="SegmentHeader.Merged"/>; 0 if there is none, or if an older version wrote the header.</summary>
    public ulong Merged;

    public uint Reserved;

    /// <summary>CRC32C of everything before this field. The first record's checksum continues from it.</summary>
    public uint Checksum;
}

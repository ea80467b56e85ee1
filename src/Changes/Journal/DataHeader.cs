using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>The header of a data file: it says of which segment.</summary>
internal static class DataHeader
{
    /// <summary>The header as it is on disk.</summary>
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

    /// <summary>Checks what was read.</summary>
    /// <exception cref="ChangesException">It is none, or not this segment's.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, Guid segment, string file)
    {
        if (bytes.Length < JournalFormat.DataHeader)
        {
            throw new ChangesException(ChangesFault.NotAJournal, $"{file} ends after {bytes.Length} bytes: a data file begins with {JournalFormat.DataHeader}.");
        }

        var raw = MemoryMarshal.Read<RawDataHeader>(bytes);
        FormatCheck.Magic(raw.Magic, JournalFormat.DataMagic, file);
        FormatCheck.Version(raw.MajorVersion, raw.MinorVersion, file);
        FormatCheck.Sound(raw.Checksum == Crc32C.Of(bytes[..(JournalFormat.DataHeader - sizeof(uint))]), file, "its header has a wrong checksum");
        FormatCheck.Sound(raw.Segment == segment, file, "it belongs to another segment");
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>A segment's header, either checked after reading or about to be written.</summary>
internal sealed record SegmentHeader
{
    /// <summary>Identifies the segment.</summary>
    public required Guid Segment { get; init; }

    /// <summary>The image that it belongs to.</summary>
    public required Guid Image { get; init; }

    /// <summary>The generation of the image that it builds on.</summary>
    public required long Generation { get; init; }

    /// <summary>
    /// The first bytes of the identity of the last segment merged into that generation. Diverged copies of an image may reach the same generation,
    /// but differ in this. 0 if unknown.
    /// </summary>
    public ulong Merged { get; init; }

    /// <summary>The previous segment; empty if this is the first, or replaces all previous ones.</summary>
    public Guid Parent { get; init; }

    /// <summary>Where the previous segment ends.</summary>
    public long ParentLength { get; init; }

    /// <summary>The checksum of that segment's last record.</summary>
    public uint ParentChecksum { get; init; }

    /// <summary>Number of the last segment that this one replaces, or 0.</summary>
    public int Replaces { get; init; }

    /// <summary>First inode number that its records may assign.</summary>
    public required ulong FirstInode { get; init; }

    /// <summary>When the segment was begun.</summary>
    public required Timestamp Begun { get; init; }

    /// <summary>The checksum that the first record's checksum continues from. Known once the header was read or written.</summary>
    public uint Checksum { get; private init; }

    /// <summary>The value of <see cref="Merged"/> for a segment.</summary>
    public static ulong StartOf(Guid segment) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in segment)));

    /// <summary>Checks the bytes of a header.</summary>
    /// <exception cref="ChangesException">They are not a segment's header, or this program does not support it.</exception>
    public static SegmentHeader Parse(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length < JournalFormat.SegmentHeader)
        {
            throw new ChangesException(
                ChangesFault.NotAJournal, $"{file} ends after {bytes.Length} bytes: a segment begins with {JournalFormat.SegmentHeader}.");
        }

        var raw = MemoryMarshal.Read<RawSegmentHeader>(bytes);
        FormatCheck.Magic(raw.Magic, JournalFormat.SegmentMagic, file);
        if (raw.ByteOrder != JournalFormat.ByteOrder)
        {
            throw new ChangesException(ChangesFault.ByteOrder, $"{file} was written by a machine with another order of bytes.");
        }

        FormatCheck.Version(raw.MajorVersion, raw.MinorVersion, file);
        FormatCheck.Sound(raw.Checksum == Crc32C.Of(bytes[..(JournalFormat.SegmentHeader - sizeof(uint))]), file, "its header has a wrong checksum");
        FormatCheck.Sound(
            raw.Generation <= long.MaxValue && raw.ParentLength <= long.MaxValue && raw.Replaces <= int.MaxValue,
            file,
            "a number in its header is impossible");
        FormatCheck.Sound(raw.Nanoseconds < 1_000_000_000, file, "the time in its header is impossible");
        return new SegmentHeader
        {
            Segment = raw.Segment,
            Image = raw.Image,
            Generation = (long)raw.Generation,
            Merged = raw.Merged,
            Parent = raw.Parent,
            ParentLength = (long)raw.ParentLength,
            ParentChecksum = raw.ParentChecksum,
            Replaces = (int)raw.Replaces,
            FirstInode = raw.FirstInode,
            Begun = new Timestamp(raw.Seconds, raw.Nanoseconds),
            Checksum = raw.Checksum,
        };
    }

    /// <summary>The header in its form on disk.</summary>
    public byte[] ToBytes(out SegmentHeader written)
    {
        var bytes = new byte[JournalFormat.SegmentHeader];
        ref var raw = ref Unsafe.As<byte, RawSegmentHeader>(ref bytes[0]);
        raw = new RawSegmentHeader
        {
            Magic = JournalFormat.SegmentMagic,
            MajorVersion = JournalFormat.MajorVersion,
            MinorVersion = JournalFormat.MinorVersion,
            ByteOrder = JournalFormat.ByteOrder,
            Segment = Segment,
            Image = Image,
            Generation = (ulong)Generation,
            Merged = Merged,
            Parent = Parent,
            ParentLength = (ulong)ParentLength,
            ParentChecksum = ParentChecksum,
            Replaces = (uint)Replaces,
            FirstInode = FirstInode,
            Seconds = Begun.Seconds,
            Nanoseconds = Begun.Nanoseconds,
        };
        raw.Checksum = Crc32C.Of(bytes.AsSpan(0, JournalFormat.SegmentHeader - sizeof(uint)));
        written = this with { Checksum = raw.Checksum };
        return bytes;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Writes the private record and the footer after it. The inode table follows.</summary>
internal static class RecordWriter
{
    /// <summary>The record of a first generation with its message. The fields that depend on positions of tables must still be set.</summary>
    public static RawRecord New(SourcePlan plan, Guid identity, Timestamp time, uint inodes)
    {
        var (low, high) = Identities.Halves(identity);
        return new RawRecord
        {
            Magic = PrivateFormat.RecordMagic,
            MajorVersion = PrivateFormat.MajorVersion,
            MinorVersion = PrivateFormat.MinorVersion,
            IdentityLow = low,
            IdentityHigh = high,
            Generation = 1,
            Seconds = time.Seconds,
            Nanoseconds = time.Nanoseconds,
            ContentBytes = (ulong)plan.ContentBytes,
            Names = (ulong)plan.Names,
            Counts = CountsOf(plan.Counts),
            HighestInode = inodes,
        };
    }

    public static RawCounts CountsOf(in EntryCounts counts) => new()
    {
        Files = (ulong)counts.Files,
        Directories = (ulong)counts.Directories,
        Symlinks = (ulong)counts.Symlinks,
        BlockDevices = (ulong)counts.BlockDevices,
        CharacterDevices = (ulong)counts.CharacterDevices,
        Fifos = (ulong)counts.Fifos,
        Sockets = (ulong)counts.Sockets,
    };

    /// <summary>The bytes of a record and its message.</summary>
    public static byte[] Encode(RawRecord record, in RawRecordTail tail, string message)
    {
        var text = Encoding.UTF8.GetBytes(message);
        if (text.Length > PrivateFormat.MaxMessage)
        {
            throw new ArgumentException($"A message of {text.Length} bytes is longer than {PrivateFormat.MaxMessage}.", nameof(message));
        }

        record.Length = (uint)(Unsafe.SizeOf<RawRecord>() + text.Length + Unsafe.SizeOf<RawRecordTail>());
        record.MessageLength = (uint)text.Length;
        return
        [
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<RawRecord>(in record)),
            .. text,
            .. MemoryMarshal.AsBytes(new ReadOnlySpan<RawRecordTail>(in tail)),
        ];
    }

    /// <summary>The footer that refers to a record.</summary>
    public static RawFooter Footer(ReadOnlySpan<byte> record, long start, in RawSuperblock superblock)
    {
        var fields = MemoryMarshal.Read<RawRecord>(record);
        var footer = new RawFooter
        {
            Magic = PrivateFormat.FooterMagic,
            MajorVersion = PrivateFormat.MajorVersion,
            MinorVersion = PrivateFormat.MinorVersion,
            RecordLength = (uint)record.Length,
            RecordStart = (ulong)start,
            RecordChecksum = Crc32C.Of(record),
            SuperblockChecksum = Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock))),
            IdentityLow = fields.IdentityLow,
            IdentityHigh = fields.IdentityHigh,
            Generation = fields.Generation,
        };
        footer.Checksum = Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawFooter>(in footer))[..^sizeof(uint)]);
        return footer;
    }
}

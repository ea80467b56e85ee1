using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Writes the part after the entries: our record, the central directory, the end records.</summary>
/// <param name="output">The archive.</param>
/// <param name="plan">The plan of the archive.</param>
internal sealed class ArchiveEnd(NewFile output, WritingPlan plan)
{
    private const int TableLevel = 9;

    /// <summary>Writes the end of the archive.</summary>
    /// <param name="entries">Writes headers.</param>
    /// <param name="prefixTable">The prefix table; null if there is none.</param>
    /// <param name="facts">The fields of the record; a new archive's identity is derived from its content.</param>
    /// <param name="comment">The archive's comment.</param>
    /// <param name="allowsWide">Whether the zip64 records may be used.</param>
    /// <returns>The identity.</returns>
    public Guid Write(EntryOutput entries, byte[]? prefixTable, ArchiveMetadata facts, ReadOnlySpan<byte> comment, bool allowsWide)
    {
        var directory = new ArrayBuffer();
        plan.Entries.ForEach(entry => entries.AppendCentral(entry, directory));
        var message = Encoding.UTF8.GetBytes(facts.Message);
        message = message.Length <= ZipPrivateFormat.MaxMessage ? message : message[..ZipPrivateFormat.MaxMessage];
        var table = Stored(prefixTable);
        var start = output.Position + table.Length + Unsafe.SizeOf<RawZipRecord>() + message.Length + Unsafe.SizeOf<RawZipFooter>();
        var entriesBytes = directory.Length;
        AppendEnd(directory, start, entriesBytes, comment, allowsWide);

        var digest = DirectoryDigest.Of(start, directory.Written);
        var identity = facts.Identity ?? digest;
        byte[] record = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<RawZipRecord>([RecordOf(facts, identity, message.Length)])), .. message];
        output.Append(table);
        output.Append(record);
        output.Append(Footer(record, table, digest));
        output.Append(directory.Written);
        return identity;
    }

    private RawZipRecord RecordOf(ArchiveMetadata facts, Guid identity, int messageLength)
    {
        var root = plan.Root;
        var changed = facts.ChangeTimes ? root.Changed : root.Modified;
        var (low, high) = Identities.Halves(identity);
        var (segmentLow, segmentHigh) = Identities.Halves(facts.MergedSegment);
        return new RawZipRecord
        {
            IdentityLow = low,
            IdentityHigh = high,
            Generation = (ulong)facts.Generation,
            SegmentLow = segmentLow,
            SegmentHigh = segmentHigh,
            Seconds = facts.Time.Seconds,
            Nanoseconds = facts.Time.Nanoseconds,
            HighestInode = facts.HighestInode > 0 ? facts.HighestInode : plan.HighestNumber,
            ContentBytes = (ulong)plan.ContentBytes,
            Names = (ulong)plan.Entries.Count,
            Files = (ulong)plan.Counts.Files,
            Directories = (ulong)plan.Counts.Directories,
            Symlinks = (ulong)plan.Counts.Symlinks,
            BlockDevices = (ulong)plan.Counts.BlockDevices,
            CharacterDevices = (ulong)plan.Counts.CharacterDevices,
            Fifos = (ulong)plan.Counts.Fifos,
            Sockets = (ulong)plan.Counts.Sockets,
            RootPermissions = root.Permissions,
            RootUser = root.UserId,
            RootGroup = root.GroupId,
            RootSeconds = root.Modified.Seconds,
            RootNanoseconds = root.Modified.Nanoseconds,
            RootChangedSeconds = changed.Seconds,
            RootChangedNanoseconds = changed.Nanoseconds,
            MessageLength = (uint)messageLength,
            Added = (ulong)facts.Difference.Added,
            AddedBytes = (ulong)facts.Difference.AddedBytes,
            Changed = (ulong)facts.Difference.Changed,
            ChangedBytes = (ulong)facts.Difference.ChangedBytes,
            Removed = (ulong)facts.Difference.Removed,
            RemovedBytes = (ulong)facts.Difference.RemovedBytes,
        };
    }

    /// <summary>A prefix table as it is stored: its length, and its content deflated. One that is too long is left out.</summary>
    private static byte[] Stored(byte[]? table)
    {
        if (table is not { Length: > 0 and <= ZipPrivateFormat.MaxPrefixTable })
        {
            return [];
        }

        var stored = new byte[table.Length + (table.Length / 1000) + 64];
        BinaryPrimitives.WriteUInt32LittleEndian(stored, (uint)table.Length);
        using var compressor = new RawDeflateCompressor(TableLevel);
        return compressor.Compress(table, stored.AsSpan(sizeof(uint))) is > 0 and var length ? stored[..(sizeof(uint) + length)] : [];
    }

    private static RawZipFooter Footer(ReadOnlySpan<byte> record, ReadOnlySpan<byte> table, Guid digest)
    {
        var (low, high) = Identities.Halves(digest);
        var footer = new RawZipFooter
        {
            Magic = ZipPrivateFormat.FooterMagic,
            MajorVersion = ZipPrivateFormat.MajorVersion,
            MinorVersion = ZipPrivateFormat.MinorVersion,
            RecordLength = (uint)record.Length,
            RecordChecksum = Crc32C.Of(record),
            PrefixLength = (uint)table.Length,
            PrefixChecksum = Crc32C.Of(table),
            DigestLow = low,
            DigestHigh = high,
        };
        footer.Checksum = Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawZipFooter>(in footer))[..^sizeof(uint)]);
        return footer;
    }

    private void AppendEnd(ArrayBuffer directory, long start, int bytes, ReadOnlySpan<byte> comment, bool allowsWide)
    {
        var entries = plan.Entries.Count;
        if (entries >= ZipFormat.In64Short || start >= ZipFormat.In64)
        {
            if (!allowsWide)
            {
                throw new TreeException(TreeFailure.Unsupported, $"{entries} entries in {start} bytes need zip64, which was not to be used.");
            }

            directory.Append(new RawEnd64Record
            {
                Signature = ZipFormat.End64Signature,
                RecordBytes = (ulong)Unsafe.SizeOf<RawEnd64Record>() - 12, // without the signature and this field
                MadeBy = (ZipFormat.HostUnix << 8) | ZipFormat.Version,
                Needed = ZipFormat.Needs64,
                EntriesOnDisk = (ulong)entries,
                Entries = (ulong)entries,
                DirectoryBytes = (ulong)bytes,
                DirectoryOffset = (ulong)start,
            });
            directory.Append(new RawEnd64Locator { Signature = ZipFormat.Locator64Signature, Position = (ulong)(start + bytes), Disks = 1 });
        }

        directory.Append(new RawEndRecord
        {
            Signature = ZipFormat.EndSignature,
            EntriesOnDisk = (ushort)Math.Min(entries, ZipFormat.In64Short),
            Entries = (ushort)Math.Min(entries, ZipFormat.In64Short),
            DirectoryBytes = (uint)bytes,
            DirectoryOffset = (uint)Math.Min(start, ZipFormat.In64),
            CommentLength = (ushort)comment.Length,
        });
        directory.Append(comment);
    }
}

/// <summary>The fields of an archive's record that do not come from its tree.</summary>
internal sealed record ArchiveMetadata
{
    /// <summary>Null for a new archive.</summary>
    public Guid? Identity { get; init; }

    public required long Generation { get; init; }

    public required Timestamp Time { get; init; }

    public required string Message { get; init; }

    /// <summary>The last journal segment merged into it; empty if there is none.</summary>
    public Guid MergedSegment { get; init; }

    /// <summary>Highest inode number that was ever assigned; 0 for the highest of its entries.</summary>
    public uint HighestInode { get; init; }

    /// <summary>Changes since the previous generation.</summary>
    public GenerationDifference Difference { get; init; }

    /// <summary>Whether to keep the times of attribute changes.</summary>
    public bool ChangeTimes { get; init; }
}

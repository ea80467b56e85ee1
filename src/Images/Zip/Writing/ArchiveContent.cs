using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Writes entries with their content: compressed now, or copied as it is stored elsewhere.</summary>
/// <param name="source">The source.</param>
/// <param name="plan">What the archive shall hold.</param>
/// <param name="output">The archive.</param>
/// <param name="entries">Writes headers.</param>
/// <param name="known">What is stored already.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class ArchiveContent(
    IReadableTree source, WritingPlan plan, NewFile output, EntryOutput entries, IKnownZipContent? known, IProgress<PackProgress>? progress)
{
    private const int CopyBytes = 1 << 20;
    private const int ReportsInAll = 1000;

    private readonly byte[] _room = new byte[CopyBytes];
    private long _files;
    private long _bytes;
    private long _reported;

    /// <summary>Writes all entries.</summary>
    /// <param name="level">Of deflate; 0 compresses nothing.</param>
    /// <param name="threads">Threads that compress.</param>
    /// <param name="cancellation">Stops.</param>
    public void Write(int level, int threads, CancellationToken cancellation)
    {
        var total = plan.Entries.LongCount(entry => entry.Kind == EntryKind.File && entry.First is null);
        using var deflating = new ParallelDeflate(
            source, plan.Entries, level, Math.Min(threads, Math.Max(1, plan.Entries.Count(entry => entry.IsToBeStored))));
        foreach (var entry in plan.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.IsKept)
            {
                // It is there already.
            }
            else if (entry.First is { Kind: EntryKind.File } first)
            {
                Copy(entry, new StoredPiece(0, first.StoredBytes, first.Crc, first.Method, first.MethodFlags), first.Content, output.Read);
            }
            else if (entry.Stored is { } stored)
            {
                Copy(entry, stored, known!.Locate(stored), known.Read);
            }
            else if (entry.IsToBeStored)
            {
                Compress(entry, deflating, cancellation);
            }
            else
            {
                // Nothing, or the target of a symlink.
                entry.Crc = Crc32.Append(0, entry.Target);
                entry.StoredBytes = entry.Target.Length;
                entries.Begin(entry);
                output.Append(entry.Target);
            }

            if (entry.Kind == EntryKind.File && entry.First is null)
            {
                _files++;
                _bytes += entry.Size;
                if (progress is not null && (_bytes - _reported > plan.ContentBytes / ReportsInAll || _files == total))
                {
                    _reported = _bytes;
                    progress.Report(new PackProgress(_files, _bytes, output.Position, total, plan.ContentBytes, IsTotalKnown: true));
                }
            }
        }
    }

    private void Compress(PlannedEntry entry, ParallelDeflate deflating, CancellationToken cancellation)
    {
        ZipContentPiece piece;
        do
        {
            piece = deflating.Next(cancellation);
            if (piece.IsFirst)
            {
                (entry.Method, entry.Crc, entry.StoredBytes) = (piece.Method, piece.Crc, piece.StoredBytes);
                entries.Begin(entry);
            }
            else
            {
                entry.Crc = Crc32.Join(entry.Crc, piece.Crc, piece.Length);
                entry.StoredBytes += piece.StoredBytes;
            }

            output.Append(piece.Stored.AsSpan(0, piece.StoredBytes));
            deflating.GiveBack(piece);
        }
        while (!piece.IsLast);

        if (!piece.IsFirst)
        {
            entries.Complete(entry);
        }
    }

    private delegate void Reading(long position, Span<byte> destination);

    private void Copy(PlannedEntry entry, in StoredPiece stored, long position, Reading read)
    {
        (entry.Method, entry.MethodFlags, entry.Crc, entry.StoredBytes) = (stored.Method, stored.MethodFlags, stored.Crc, stored.StoredBytes);
        entries.Begin(entry);
        for (var done = 0L; done < stored.StoredBytes;)
        {
            var part = _room.AsSpan(0, (int)Math.Min(_room.Length, stored.StoredBytes - done));
            read(position + done, part);
            output.Append(part);
            done += part.Length;
        }
    }
}

/// <summary>Content to be compressed: a whole file, or a piece of a long one.</summary>
/// <param name="entry">Whose.</param>
/// <param name="offset">Where it begins.</param>
/// <param name="length">Its bytes.</param>
internal sealed class ZipContentPiece(PlannedEntry entry, long offset, int length)
{
    public PlannedEntry Entry => entry;

    public long Offset => offset;

    public int Length => length;

    public bool IsFirst => offset == 0;

    public bool IsLast => offset + length == entry.Size;

    public bool IsWhole => IsFirst && IsLast;

    /// <summary>How it was compressed.</summary>
    public ZipMethod Method { get; set; }

    /// <summary>The CRC-32 of what it was.</summary>
    public uint Crc { get; set; }

    /// <summary>What is to be stored; rented.</summary>
    public byte[] Stored { get; set; } = [];

    public int StoredBytes { get; set; }

    public bool IsDone { get; set; }
}

/// <summary>Content that is stored already, as zip has it.</summary>
/// <param name="Entry">Of which entry of its archive.</param>
/// <param name="StoredBytes">Its length there.</param>
/// <param name="Crc">Its CRC-32.</param>
/// <param name="Method">How it is compressed.</param>
/// <param name="MethodFlags">What the method says of how it compressed.</param>
internal readonly record struct StoredPiece(int Entry, long StoredBytes, uint Crc, ZipMethod Method, ushort MethodFlags);

/// <summary>Content that an archive has already.</summary>
internal interface IKnownZipContent
{
    /// <summary>Finds a file's content.</summary>
    /// <returns>Null if it is not.</returns>
    StoredPiece? Find(in Attributes file);

    /// <summary>Where it is stored.</summary>
    long Locate(in StoredPiece content);

    /// <summary>Reads stored bytes.</summary>
    void Read(long position, Span<byte> destination);
}

using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Writes entries with their content, either compressed now or copied in stored form.</summary>
/// <param name="source">The source.</param>
/// <param name="plan">The plan of the archive.</param>
/// <param name="output">The archive.</param>
/// <param name="entries">Writes headers.</param>
/// <param name="known">Finds content that is stored already.</param>
/// <param name="progress">Receives the progress.</param>
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
    /// <param name="level">The level of deflate; 0 disables compression.</param>
    /// <param name="threads">Threads that compress.</param>
    /// <param name="cancellation">Cancels.</param>
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
                // It was copied from the old archive.
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
                // No content, or the target of a symlink.
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
            deflating.Return(piece);
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

/// <summary>Content to compress: a whole file, or a piece of a long one.</summary>
/// <param name="entry">Its entry.</param>
/// <param name="offset">Its start.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed class ZipContentPiece(PlannedEntry entry, long offset, int length)
{
    public PlannedEntry Entry => entry;

    public long Offset => offset;

    public int Length => length;

    public bool IsFirst => offset == 0;

    public bool IsLast => offset + length == entry.Size;

    public bool IsWhole => IsFirst && IsLast;

    /// <summary>The method that was used.</summary>
    public ZipMethod Method { get; set; }

    /// <summary>The CRC-32 of the content.</summary>
    public uint Crc { get; set; }

    /// <summary>The bytes to store; rented.</summary>
    public byte[] Stored { get; set; } = [];

    public int StoredBytes { get; set; }

    public bool IsDone { get; set; }
}

/// <summary>Content that is stored already, in zip's form.</summary>
/// <param name="Entry">The entry of the archive that has it.</param>
/// <param name="StoredBytes">Its stored length.</param>
/// <param name="Crc">Its CRC-32.</param>
/// <param name="Method">The compression method.</param>
/// <param name="MethodFlags">The method's general purpose flags.</param>
internal readonly record struct StoredPiece(int Entry, long StoredBytes, uint Crc, ZipMethod Method, ushort MethodFlags);

/// <summary>Content that an archive already has.</summary>
internal interface IKnownZipContent
{
    /// <summary>Finds a file's content.</summary>
    /// <returns>Null if it is not there.</returns>
    StoredPiece? Find(in Attributes file);

    /// <summary>Its position.</summary>
    long Locate(in StoredPiece content);

    /// <summary>Reads stored bytes.</summary>
    void Read(long position, Span<byte> destination);
}

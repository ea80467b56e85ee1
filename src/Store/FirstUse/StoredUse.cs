using System.Globalization;
using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>
/// Which parts of an archive are read after a mount. Reading them in file order and in long pieces takes few round trips to slow storage. Reading
/// the environment's files one by one takes one or two round trips each. The list is a hint: after a compaction some of the reads are useless.
/// </summary>
/// <param name="file">Stores the list. The path of a range is the archive's length at the time of the read, in decimal digits.</param>
public sealed class StoredUse(FirstUseFile file)
{
    private const int Piece = 512 * 1024;
    private const int MaxGap = 64 * 1024;

    /// <summary>One reader waits for a round trip while the other receives.</summary>
    private const int Readers = 2;

    private const int StackBytes = 256 * 1024;

    /// <summary>Adds ranges that were read.</summary>
    /// <param name="reads">Parts of the archive.</param>
    /// <param name="archiveLength">Its length in bytes.</param>
    /// <exception cref="IOException">The list cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Add(IReadOnlyList<StoredRange> reads, long archiveLength)
    {
        // This much means that the whole archive was read, for instance by a backup.
        if (reads.Sum(range => range.Length) <= FirstUseList.MaxBytes)
        {
            var length = Encoding.ASCII.GetBytes(archiveLength.ToString(CultureInfo.InvariantCulture));
            file.Add([.. reads.Select(range => new UsedRange(length, range.Offset, range.Length))]);
        }
    }

    /// <summary>Reads the listed parts, so that the kernel has them.</summary>
    /// <param name="archive">Path of the archive, without symlinks.</param>
    /// <param name="isEnough">Ends it early; asked by several threads.</param>
    /// <returns>Bytes read.</returns>
    /// <exception cref="PlatformException">The archive cannot be opened.</exception>
    public long Read(string archive, Func<bool> isEnough)
    {
        // The kernel's own read-ahead would read as much again behind each part.
        using var handle = EntryOpening.FileForReadingInAnyOrder(Encoding.UTF8.GetBytes(archive));
        var pieces = Pieces(file.Read(), RandomAccess.GetLength(handle));
        var (next, bytes) = (-1, 0L);
        var readers = new Thread[Readers];
        for (var index = 0; index < Readers; index++)
        {
            readers[index] = new Thread(ReadPieces, StackBytes);
            readers[index].Start();
        }

        Array.ForEach(readers, reader => reader.Join());
        return bytes;

        void ReadPieces()
        {
            var buffer = new byte[Piece];
            while (!isEnough() && Interlocked.Increment(ref next) is var index && index < pieces.Count)
            {
                try
                {
                    Interlocked.Add(ref bytes, RandomAccess.Read(handle, buffer.AsSpan(0, (int)pieces[index].Length), pieces[index].Offset));
                }
                catch (IOException)
                {
                    return; // the server reads this part again and reports the failure
                }
            }
        }
    }

    /// <summary>The parts that exist in this archive, in order and without duplicates; small gaps are read too.</summary>
    private static List<StoredRange> Pieces(IReadOnlyList<UsedRange> ranges, long length)
    {
        var pieces = new List<StoredRange>();
        var at = 0L;
        foreach (var range in ranges.Where(range => IsOf(range, length)).OrderBy(range => range.Offset))
        {
            at = range.Offset - at <= MaxGap && pieces.Count > 0 ? at : Math.Max(at, range.Offset);
            for (var end = Math.Min(range.Offset + range.Length, length); at < end;)
            {
                var piece = new StoredRange(at, Math.Min(Piece, end - at));
                if (pieces.Count > 0 && pieces[^1] is var last && last.Offset + last.Length == at && last.Length + piece.Length <= Piece)
                {
                    pieces[^1] = last with { Length = last.Length + piece.Length };
                }
                else
                {
                    pieces.Add(piece);
                }

                at += piece.Length;
            }
        }

        return pieces;
    }

    /// <summary>An archive only grows, until it is compacted.</summary>
    private static bool IsOf(UsedRange range, long length) =>
        long.TryParse(Encoding.ASCII.GetString(range.Path.Span), NumberStyles.None, CultureInfo.InvariantCulture, out var then) && then <= length;
}

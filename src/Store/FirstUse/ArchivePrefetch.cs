using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.FirstUse;

/// <summary>
/// Reads parts of an archive in the order of the file and in long pieces, so that the kernel has them. That takes few round trips to slow storage;
/// reading the environment's files one by one takes one or two each.
/// </summary>
public sealed class ArchivePrefetch : IDisposable
{
    private const int Piece = 1024 * 1024;
    private const int MaxGap = 64 * 1024;

    /// <summary>One reader waits for a round trip while the other receives.</summary>
    private const int Readers = 2;

    private const int StackBytes = 256 * 1024;

    private readonly SafeFileHandle _archive;

    /// <param name="archive">Path of the archive, without symlinks.</param>
    /// <exception cref="PlatformException">The archive cannot be opened.</exception>
    public ArchivePrefetch(string archive)
    {
        // The kernel's own read-ahead would read as much again behind each part.
        _archive = EntryOpening.FileForReadingInAnyOrder(Encoding.UTF8.GetBytes(archive));
        Length = RandomAccess.GetLength(_archive);
    }

    /// <summary>Length of the archive in bytes.</summary>
    public long Length { get; }

    /// <summary>Reads.</summary>
    /// <param name="parts">Parts of the archive, in any order; small gaps between them are read too.</param>
    /// <param name="isEnough">Ends it early; asked by several threads.</param>
    /// <returns>Bytes read.</returns>
    public long Read(IReadOnlyList<StoredRange> parts, Func<bool> isEnough)
    {
        var pieces = Pieces(parts);
        var (next, bytes) = (-1, 0L);
        var readers = new Thread[Math.Min(Readers, pieces.Count)];
        for (var index = 0; index < readers.Length; index++)
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
                    Interlocked.Add(ref bytes, RandomAccess.Read(_archive, buffer.AsSpan(0, (int)pieces[index].Length), pieces[index].Offset));
                }
                catch (IOException)
                {
                    return; // the server reads this part again and reports the failure
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>The parts that exist, in order and without duplicates.</summary>
    private List<StoredRange> Pieces(IReadOnlyList<StoredRange> parts)
    {
        var pieces = new List<StoredRange>();
        var at = 0L;
        foreach (var part in parts.OrderBy(part => part.Offset))
        {
            at = part.Offset - at <= MaxGap && pieces.Count > 0 ? at : Math.Max(at, part.Offset);
            for (var end = Math.Min(part.Offset + part.Length, Length); at < end;)
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
}

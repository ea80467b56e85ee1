using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Relocation;

/// <summary>
/// A record of conda in which the digests of relocated files are those of their served content, as <c>conda doctor</c> compares them. They are
/// calculated when they are read first. A digest that was wrong before stays: that file was changed.
/// </summary>
/// <remarks>One read can ask for all of them, so <see cref="MaxHashedBytes"/> limits the work of a read.</remarks>
internal sealed class RelocatedRecord
{
    /// <summary>Digits of a SHA-256.</summary>
    public const int Digits = 64;

    /// <summary>The files of one record may have this many bytes together, before and after, for their digests to be calculated.</summary>
    public const long MaxHashedBytes = 256 << 20;

    private const int PieceBytes = 1 << 20;

    private readonly Digest[] _digests;

    /// <param name="digests">The digests, in the order of their offsets.</param>
    /// <param name="isShown">Whether a file is really shown with other content.</param>
    public RelocatedRecord(IEnumerable<(int Offset, NodeId File, EditedContent Content)> digests, Func<NodeId, bool> isShown) =>
        _digests = [.. digests.Select(digest => new Digest(digest.Offset, digest.File, digest.Content, isShown))];

    /// <summary>Whether files are small enough together for their digests to be calculated while a record is read.</summary>
    public static bool IsAffordable(IEnumerable<EditedContent> files) =>
        files.Sum(file => (decimal)file.SourceLength + file.Length) <= MaxHashedBytes;

    /// <summary>Whether a list, which may come from elsewhere, can be of a record of this length.</summary>
    public static bool IsSound(PrefixDigests record)
    {
        var end = 0L;
        foreach (var spot in record.Spots)
        {
            if (spot.Offset < end)
            {
                return false;
            }

            end = spot.Offset + (long)Digits;
        }

        return end <= record.Size;
    }

    /// <summary>Reads at an offset.</summary>
    /// <returns>Bytes read: less than asked for only at the end.</returns>
    public int Read(IReadableTree tree, NodeId record, long offset, Span<byte> destination)
    {
        var read = tree.Read(record, offset, destination);
        foreach (var digest in _digests)
        {
            var (start, end) = (Math.Max(offset, digest.Offset), Math.Min(offset + read, digest.Offset + (long)Digits));
            if (start < end && digest.Value(tree, record) is { } value)
            {
                value.AsSpan((int)(start - digest.Offset), (int)(end - start)).CopyTo(destination[(int)(start - offset)..]);
            }
        }

        return read;
    }

    private sealed class Digest(int offset, NodeId file, EditedContent content, Func<NodeId, bool> isShown)
    {
        private byte[]? _value;

        public int Offset => offset;

        /// <summary>The digits to show; null if the file cannot be read, so that the record stays as it is.</summary>
        public byte[]? Value(IReadableTree tree, NodeId record)
        {
            // Calculated twice if two ask at once: the outcome is the same.
            if (Volatile.Read(ref _value) is { } known)
            {
                return known;
            }

            try
            {
                var recorded = new byte[Digits];
                if (tree.Read(record, offset, recorded) != Digits || !isShown(file))
                {
                    return null;
                }

                var buffer = new byte[PieceBytes];
                var below = Sha256.Of(tree.GetAttributes(file).Size, (at, part) => tree.Read(file, at, part), buffer);
                var isRight = below is not null && Encoding.ASCII.GetBytes(below).AsSpan().SequenceEqual(recorded);
                var shown = isRight ? Sha256.Of(content.Length, (at, part) => content.Read(tree, file, at, part), buffer) : null;
                var value = shown is null ? recorded : Encoding.ASCII.GetBytes(shown);
                Volatile.Write(ref _value, value);
                return value;
            }
            catch (TreeException)
            {
                return null;
            }
        }
    }
}

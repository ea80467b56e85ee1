using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>
/// Describes an image by blobs that a registry has, although the image has their content elsewhere: after a compaction. All other bytes become one
/// new blob.
/// </summary>
internal static class ReusedBlobs
{
    /// <summary>Finds the blobs' content in an image. Reads it twice.</summary>
    /// <param name="file">The image's file.</param>
    /// <param name="length">Length of the image.</param>
    /// <param name="known">The index of an earlier generation.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Null if that takes too many blobs or parts of them, or if most of their bytes are needed by no one.</returns>
    public static PreparedBlobs? TryPrepare(IStorageFile file, long length, EnvironmentIndex known, CancellationToken cancellation)
    {
        var found = Find(file, length, known, cancellation);
        var used = found.Select(extent => extent.Blob).Distinct().Order().ToList();
        var numbers = used.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var (extents, rest) = (new List<IndexExtent>(), new FilePieces(file));
        long position = StoredImage.HeadBytes;
        foreach (var extent in found.Append(new IndexExtent(length, 0, -1, 0)))
        {
            if (extent.Position > position)
            {
                extents.Add(new IndexExtent(position, extent.Position - position, used.Count, rest.Length));
                rest.Add(position, extent.Position - position);
            }

            if (extent.Length > 0)
            {
                extents.Add(extent with { Blob = numbers[extent.Blob] });
            }

            position = extent.Position + extent.Length;
        }

        var blobs = used.ConvertAll(known.Indexed);
        IReadOnlyList<IndexedBlob> added = rest.Length > 0 ? [PreparedBlobs.Digest(rest.Read, rest.Length, title: null, cancellation)] : [];
        blobs.AddRange(added);
        return blobs.Count <= EnvironmentManifest.MaxData && extents.Count <= IndexFormat.MaxExtents
            && blobs.Sum(blob => blob.Blob.Size) <= 2 * (length - StoredImage.HeadBytes)
                ? new PreparedBlobs(EnvironmentIndex.Of(blobs, extents), [.. added.Select(blob => new BlobSource(rest.Read, blob.Blob))])
                : null;
    }

    /// <summary>The parts of the image that the blobs have, in order and as long as possible.</summary>
    private static List<IndexExtent> Find(IStorageFile file, long length, EnvironmentIndex known, CancellationToken cancellation)
    {
        var (parts, found) = (new LeafParts(known), new List<IndexExtent>());
        void Add(int leaf, long position, int offset, int bytes) =>
            found.Add(new IndexExtent(position, bytes, known.BlobOf(leaf), known.OffsetOf(leaf) + offset));

        new LeafSearch(known, file).Run(
            length,
            (leaf, position, content) =>
            {
                if (position is { } place)
                {
                    Add(leaf, place, 0, content.Length);
                    return;
                }

                foreach (var part in parts.Of(leaf))
                {
                    Add(leaf, part.Position, part.Offset, part.Length);
                }
            },
            cancellation);
        found.Sort((one, other) => one.Position.CompareTo(other.Position));
        var joined = new List<IndexExtent>();
        foreach (var next in found)
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Position + last.Length == next.Position
                && last.Blob == next.Blob && last.Offset + last.Length == next.Offset)
            {
                joined[^1] = last with { Length = last.Length + next.Length };
            }
            else
            {
                joined.Add(next);
            }
        }

        return joined;
    }

    /// <summary>Pieces of a file, one after the other.</summary>
    private sealed class FilePieces(IStorageFile file)
    {
        private readonly List<long> _starts = [];
        private readonly List<long> _positions = [];

        public long Length { get; private set; }

        public void Add(long position, long length)
        {
            _starts.Add(Length);
            _positions.Add(position);
            Length += length;
        }

        public int Read(long offset, Span<byte> destination)
        {
            var done = 0;
            while (done < destination.Length && offset + done < Length)
            {
                var at = _starts.BinarySearch(offset + done) is >= 0 and var exact ? exact : ~_starts.BinarySearch(offset + done) - 1;
                var inside = offset + done - _starts[at];
                var left = (at + 1 < _starts.Count ? _starts[at + 1] : Length) - _starts[at] - inside;
                var part = destination.Slice(done, (int)Math.Min(left, destination.Length - done));
                if (file.ReadAt(_positions[at] + inside, part) < part.Length)
                {
                    return done; // reported as an archive that became shorter
                }

                done += part.Length;
            }

            return done;
        }
    }
}

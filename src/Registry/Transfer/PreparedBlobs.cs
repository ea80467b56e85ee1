using System.Security.Cryptography;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>The blobs of an image, and where they come from.</summary>
/// <param name="Index">The blobs, and the places of the image's bytes in them.</param>
/// <param name="Sources">Those that the registry may not have.</param>
internal sealed record PreparedBlobs(EnvironmentIndex Index, IReadOnlyList<BlobSource> Sources)
{
    /// <summary>Whether the blobs one after the other are the image, and have titles that say so.</summary>
    public bool AreInOrder => Index.Blobs.All(blob => blob.Title is not null);

    /// <summary>One blob for each generation. Reads the whole image once.</summary>
    /// <param name="file">The file.</param>
    /// <param name="image">Where its generations end.</param>
    /// <param name="cancellation">Cancels.</param>
    public static PreparedBlobs InOrder(IStorageFile file, StoredImage image, CancellationToken cancellation)
    {
        var (sources, blobs) = (new List<BlobSource>(), new List<IndexedBlob>());
        long start = StoredImage.HeadBytes;
        foreach (var end in Boundaries(image.Ends))
        {
            var from = start;
            ContentReader read = (offset, destination) => file.ReadAt(from + offset, destination);
            blobs.Add(Digest(read, end - start, EnvironmentManifest.DataTitle(blobs.Count + 1), cancellation));
            sources.Add(new BlobSource(read, blobs[^1].Blob));
            start = end;
        }

        return new PreparedBlobs(EnvironmentIndex.Of(blobs), sources);
    }

    /// <summary>Reads and describes a blob.</summary>
    /// <param name="read">Reads its bytes.</param>
    /// <param name="length">Its length.</param>
    /// <param name="title">Its title; null for none.</param>
    /// <param name="cancellation">Cancels.</param>
    public static IndexedBlob Digest(ContentReader read, long length, string? title, CancellationToken cancellation)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var leaves = new byte[IndexFormat.LeavesOf(length) * Hash.Bytes];
        var sums = new ulong[IndexFormat.LeavesOf(length)];
        var buffer = new byte[IndexFormat.LeafBytes];
        for (var number = 0; number < sums.Length; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            var offset = (long)number * IndexFormat.LeafBytes;
            var leaf = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - offset));
            if (read(offset, leaf) < leaf.Length)
            {
                throw new ImageException(ImageFault.Truncated, "the archive became shorter while it was read");
            }

            whole.AppendData(leaf);
            SHA256.HashData(leaf, leaves.AsSpan(number * Hash.Bytes));
            sums[number] = RollingSum.Of(leaf);
        }

        var blob = new Descriptor(MediaTypes.Data, Hash.FromBytes(whole.GetHashAndReset()), length) { Title = title };
        return new IndexedBlob(blob, leaves, sums);
    }

    /// <summary>
    /// The ends of the blobs: one for each generation. With more than <see cref="EnvironmentManifest.MaxData"/> generations, the first blob has
    /// many of them. Its end moves only once in 32 generations, so that most pushes find all blobs but the last.
    /// </summary>
    internal static IEnumerable<long> Boundaries(IReadOnlyList<long> ends)
    {
        const int step = EnvironmentManifest.MaxData / 2;
        var merged = ends.Count <= EnvironmentManifest.MaxData ? 0 : (ends.Count - EnvironmentManifest.MaxData + step - 1) / step * step;
        return ends.Skip(merged);
    }
}

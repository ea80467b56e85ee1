using System.Security.Cryptography;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;

namespace CondaFuse.Registry.Transfer;

/// <summary>The blobs of an image, one for each generation, with the digests of their leaves. Reads the whole image once.</summary>
/// <param name="Sources">The blobs in the order of the file.</param>
/// <param name="Leaves">The digests of all leaves, 32 bytes each.</param>
internal sealed record PreparedBlobs(IReadOnlyList<BlobSource> Sources, byte[] Leaves)
{
    /// <summary>Reads an image.</summary>
    /// <param name="file">The file.</param>
    /// <param name="image">Where its generations end.</param>
    /// <param name="progress">Receives the number of bytes read.</param>
    /// <param name="cancellation">Cancels.</param>
    public static PreparedBlobs Read(IStorageFile file, StoredImage image, Action<long> progress, CancellationToken cancellation)
    {
        var sources = new List<BlobSource>();
        using var leaves = new MemoryStream();
        long start = StoredImage.HeadBytes;
        foreach (var end in Boundaries(image.Ends))
        {
            var number = sources.Count + 1;
            var blob = new Descriptor(MediaTypes.Data, DigestOf(file, start, end, leaves, progress, cancellation), end - start)
            {
                Title = EnvironmentManifest.DataTitle(number),
            };
            sources.Add(new BlobSource(file, start, blob));
            start = end;
        }

        return new PreparedBlobs(sources, leaves.ToArray());
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

    private static Hash DigestOf(
        IStorageFile file, long start, long end, MemoryStream leaves, Action<long> progress, CancellationToken cancellation)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[IndexFormat.LeafBytes];
        Span<byte> digest = stackalloc byte[Hash.Bytes];
        for (var position = start; position < end;)
        {
            cancellation.ThrowIfCancellationRequested();
            var leaf = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position));
            if (file.ReadAt(position, leaf) < leaf.Length)
            {
                throw new ImageException(ImageFault.Truncated, "the archive became shorter while it was read");
            }

            whole.AppendData(leaf);
            SHA256.HashData(leaf, digest);
            leaves.Write(digest);
            position += leaf.Length;
            progress(position);
        }

        return Hash.FromBytes(whole.GetHashAndReset());
    }
}

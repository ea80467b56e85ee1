using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CondaFuse.Images;
using CondaFuse.Registry.Distribution;

namespace CondaFuse.Registry.Layout;

/// <summary>A range of the image that lies in a blob.</summary>
/// <param name="Position">Its beginning in the image.</param>
/// <param name="Length">Its length.</param>
/// <param name="Blob">The number of the blob.</param>
/// <param name="Offset">Its beginning in the blob.</param>
internal readonly record struct IndexExtent(long Position, long Length, int Blob, long Offset);

/// <summary>Where the bytes of an image are in the blobs of a manifest, and digests of them in pieces of 64 KiB.</summary>
internal sealed class EnvironmentIndex
{
    private readonly byte[] _leaves;
    private readonly int[] _firstLeaves;

    private EnvironmentIndex(IReadOnlyList<Descriptor> blobs, IReadOnlyList<IndexExtent> extents, long imageBytes, byte[] leaves, int[] firstLeaves)
    {
        (Blobs, Extents, ImageBytes, _leaves, _firstLeaves) = (blobs, extents, imageBytes, leaves, firstLeaves);
    }

    public IReadOnlyList<Descriptor> Blobs { get; }

    /// <summary>In the order of the image, without gaps: together they are everything after the head.</summary>
    public IReadOnlyList<IndexExtent> Extents { get; }

    /// <summary>Length of the image.</summary>
    public long ImageBytes { get; }

    /// <summary>The index of an image whose bytes after the head are these blobs, one after the other.</summary>
    /// <param name="blobs">The blobs.</param>
    /// <param name="leaves">The digests of their leaves, 32 bytes each.</param>
    public static EnvironmentIndex Of(IReadOnlyList<Descriptor> blobs, byte[] leaves)
    {
        var extents = new List<IndexExtent>();
        var firstLeaves = new int[blobs.Count];
        long position = StoredImage.HeadBytes;
        var leaf = 0;
        for (var blob = 0; blob < blobs.Count; blob++)
        {
            extents.Add(new IndexExtent(position, blobs[blob].Size, blob, 0));
            firstLeaves[blob] = leaf;
            position += blobs[blob].Size;
            leaf += (int)IndexFormat.LeavesOf(blobs[blob].Size);
        }

        return new EnvironmentIndex(blobs, extents, position, leaves, firstLeaves);
    }

    /// <summary>Whether some bytes are a leaf of a blob.</summary>
    /// <param name="blob">The number of the blob.</param>
    /// <param name="leaf">The number of the leaf in it.</param>
    /// <param name="content">All bytes of the leaf.</param>
    public bool Matches(int blob, long leaf, ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[Hash.Bytes];
        SHA256.HashData(content, digest);
        return digest.SequenceEqual(_leaves.AsSpan((int)(_firstLeaves[blob] + leaf) * Hash.Bytes, Hash.Bytes));
    }

    /// <summary>Its bytes, and how many of them are the root: everything but the leaf digests.</summary>
    public (byte[] Content, int RootBytes) Format()
    {
        var pages = PageDigests(_leaves);
        var header = new RawIndexHeader
        {
            Magic = IndexFormat.Magic, MajorVersion = IndexFormat.MajorVersion, LeafBytes = IndexFormat.LeafBytes, ImageBytes = (ulong)ImageBytes,
            Blobs = (uint)Blobs.Count, Extents = (uint)Extents.Count, Leaves = (uint)(_leaves.Length / Hash.Bytes),
            Pages = (uint)(pages.Length / Hash.Bytes),
        };
        using var content = new MemoryStream();
        content.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<RawIndexHeader>(in header)));
        for (var blob = 0; blob < Blobs.Count; blob++)
        {
            var raw = new RawIndexBlob { Size = (ulong)Blobs[blob].Size, FirstLeaf = (uint)_firstLeaves[blob] };
            Blobs[blob].Digest.ToBytes().CopyTo(DigestOf(ref raw));
            content.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<RawIndexBlob>(in raw)));
        }

        foreach (var extent in Extents)
        {
            var raw = new RawIndexExtent
            {
                Position = (ulong)extent.Position, Length = (ulong)extent.Length, Offset = (ulong)extent.Offset, Blob = (uint)extent.Blob,
            };
            content.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<RawIndexExtent>(in raw)));
        }

        content.Write(pages);
        var root = (int)content.Length;
        content.Write(_leaves);
        return (content.ToArray(), root);
    }

    /// <summary>Parses and checks an index. It is untrusted.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Damaged"/>.</exception>
    public static EnvironmentIndex Parse(
        ReadOnlySpan<byte> content, EnvironmentManifest manifest, EnvironmentConfig config, RegistryReference reference)
    {
        void Demand(bool condition, string what)
        {
            if (!condition)
            {
                throw Fields.Invalid(reference, $"the index has {what}");
            }
        }

        Demand(content.Length >= Unsafe.SizeOf<RawIndexHeader>(), "no header");
        var header = MemoryMarshal.Read<RawIndexHeader>(content);
        Demand(header.Magic == IndexFormat.Magic, "another magic number");
        Demand(
            header is { MajorVersion: IndexFormat.MajorVersion, LeafBytes: IndexFormat.LeafBytes },
            $"version {header.MajorVersion}; only 1 is read");
        Demand(header.ImageBytes == (ulong)config.Bytes, "another length than the description");
        Demand(header.Blobs == manifest.Data.Count, "other blobs than the manifest");
        Demand(header.Extents is > 0 and <= IndexFormat.MaxExtents, $"{header.Extents} extents");
        var leaves = manifest.Data.Sum(blob => IndexFormat.LeavesOf(blob.Size));
        Demand(header.Leaves == leaves, $"{header.Leaves} leaves instead of {leaves}");
        Demand(header.Pages == (leaves + IndexFormat.PageLeaves - 1) / IndexFormat.PageLeaves, $"{header.Pages} pages");
        var (blobsLength, extentsLength) =
            ((int)header.Blobs * Unsafe.SizeOf<RawIndexBlob>(), (int)header.Extents * Unsafe.SizeOf<RawIndexExtent>());
        var root = Unsafe.SizeOf<RawIndexHeader>() + blobsLength + extentsLength + ((long)header.Pages * Hash.Bytes);
        Demand(content.Length == root + (leaves * Hash.Bytes), $"{content.Length} bytes");
        Demand(config.IndexRootBytes == root && Hash.Of(content[..(int)root]) == config.IndexRoot, "another root than the description");
        Demand(content[(int)root..] is var digests && PageDigests(digests).AsSpan().SequenceEqual(
            content.Slice((int)root - ((int)header.Pages * Hash.Bytes), (int)header.Pages * Hash.Bytes)), "wrong digests of pages");

        var firstLeaves = new int[manifest.Data.Count];
        var rawBlobs = MemoryMarshal.Cast<byte, RawIndexBlob>(content.Slice(Unsafe.SizeOf<RawIndexHeader>(), blobsLength)).ToArray();
        var leaf = 0L;
        for (var blob = 0; blob < rawBlobs.Length; blob++)
        {
            var known = manifest.Data[blob];
            Demand(
                rawBlobs[blob].Size == (ulong)known.Size && rawBlobs[blob].FirstLeaf == leaf
                    && Hash.FromBytes(DigestOf(ref rawBlobs[blob])) == known.Digest,
                "other blobs than the manifest");
            firstLeaves[blob] = (int)leaf;
            leaf += IndexFormat.LeavesOf(known.Size);
        }

        var extents = new IndexExtent[header.Extents];
        var position = (ulong)StoredImage.HeadBytes;
        var rawExtents = MemoryMarshal.Cast<byte, RawIndexExtent>(content.Slice(Unsafe.SizeOf<RawIndexHeader>() + blobsLength, extentsLength));
        for (var at = 0; at < extents.Length; at++)
        {
            var raw = rawExtents[at];
            Demand(raw.Position == position && raw.Length > 0, "extents with gaps or overlaps");
            Demand(raw.Blob < manifest.Data.Count, "an extent in an unknown blob");
            var size = (ulong)manifest.Data[(int)raw.Blob].Size;
            Demand(raw.Offset <= size && raw.Length <= size - raw.Offset, "an extent outside of its blob");
            extents[at] = new IndexExtent((long)raw.Position, (long)raw.Length, (int)raw.Blob, (long)raw.Offset);
            position += raw.Length;
        }

        Demand(position == header.ImageBytes, "extents that end elsewhere than the image");
        return new EnvironmentIndex(manifest.Data, extents, (long)position, content[(int)root..].ToArray(), firstLeaves);
    }

    private static byte[] PageDigests(ReadOnlySpan<byte> leaves)
    {
        const int page = IndexFormat.PageLeaves * Hash.Bytes;
        var digests = new byte[(leaves.Length + page - 1) / page * Hash.Bytes];
        for (var (at, to) = (0, 0); at < leaves.Length; at += page, to += Hash.Bytes)
        {
            SHA256.HashData(leaves[at..Math.Min(at + page, leaves.Length)], digests.AsSpan(to));
        }

        return digests;
    }

    private static Span<byte> DigestOf(ref RawIndexBlob blob) =>
        MemoryMarshal.AsBytes(new Span<RawIndexBlob>(ref blob))[..Hash.Bytes];
}

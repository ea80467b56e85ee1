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

/// <summary>A blob with data, and what finds and proves its content.</summary>
/// <param name="Blob">The blob.</param>
/// <param name="Leaves">The digests of its leaves, 32 bytes each.</param>
/// <param name="Sums">The rolling sums of its leaves (<see cref="RollingSum"/>); that of a short leaf is not used.</param>
internal sealed record IndexedBlob(Descriptor Blob, ReadOnlyMemory<byte> Leaves, ReadOnlyMemory<ulong> Sums);

/// <summary>
/// Where the bytes of an image are in the blobs of a manifest, and digests of them in pieces of 64 KiB, the leaves. Leaves are numbered through all
/// blobs.
/// </summary>
internal sealed class EnvironmentIndex
{
    private readonly byte[] _leaves;
    private readonly ulong[] _sums;
    private readonly int[] _firstLeaves;

    private EnvironmentIndex(IReadOnlyList<Descriptor> blobs, IReadOnlyList<IndexExtent> extents, byte[] leaves, ulong[] sums)
    {
        (Blobs, Extents, _leaves, _sums) = (blobs, extents, leaves, sums);
        ImageBytes = extents[^1].Position + extents[^1].Length;
        _firstLeaves = new int[blobs.Count];
        for (var blob = 1; blob < blobs.Count; blob++)
        {
            _firstLeaves[blob] = _firstLeaves[blob - 1] + (int)IndexFormat.LeavesOf(blobs[blob - 1].Size);
        }
    }

    public IReadOnlyList<Descriptor> Blobs { get; }

    /// <summary>In the order of the image, without gaps: together they are everything after the head.</summary>
    public IReadOnlyList<IndexExtent> Extents { get; }

    /// <summary>Length of the image.</summary>
    public long ImageBytes { get; }

    /// <summary>Number of leaves of all blobs.</summary>
    public int LeafCount => _sums.Length;

    /// <summary>The index of an image whose bytes after the head are these blobs, one after the other.</summary>
    public static EnvironmentIndex Of(IReadOnlyList<IndexedBlob> blobs)
    {
        var extents = new List<IndexExtent>();
        long position = StoredImage.HeadBytes;
        foreach (var (blob, _, _) in blobs)
        {
            extents.Add(new IndexExtent(position, blob.Size, extents.Count, 0));
            position += blob.Size;
        }

        return Of(blobs, extents);
    }

    /// <summary>The index of an image whose bytes after the head are in these parts of blobs.</summary>
    public static EnvironmentIndex Of(IReadOnlyList<IndexedBlob> blobs, IReadOnlyList<IndexExtent> extents) => new(
        [.. blobs.Select(blob => blob.Blob)], extents,
        [.. blobs.SelectMany(blob => blob.Leaves.ToArray())], [.. blobs.SelectMany(blob => blob.Sums.ToArray())]);

    /// <summary>The number of the first leaf of a blob.</summary>
    public int FirstLeafOf(int blob) => _firstLeaves[blob];

    /// <summary>The number of the blob that a leaf belongs to.</summary>
    public int BlobOf(int leaf)
    {
        var found = Array.BinarySearch(_firstLeaves, leaf);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Where a leaf begins in its blob.</summary>
    public long OffsetOf(int leaf) => (long)(leaf - _firstLeaves[BlobOf(leaf)]) * IndexFormat.LeafBytes;

    /// <summary>Length of a leaf.</summary>
    public int LengthOf(int leaf) => (int)Math.Min(IndexFormat.LeafBytes, Blobs[BlobOf(leaf)].Size - OffsetOf(leaf));

    /// <summary>The rolling sum of a leaf. It is a claim.</summary>
    public ulong SumOf(int leaf) => _sums[leaf];

    /// <summary>A blob, to be used in another index.</summary>
    public IndexedBlob Indexed(int blob)
    {
        var leaves = (int)IndexFormat.LeavesOf(Blobs[blob].Size);
        return new IndexedBlob(
            Blobs[blob], _leaves.AsMemory(_firstLeaves[blob] * Hash.Bytes, leaves * Hash.Bytes), _sums.AsMemory(_firstLeaves[blob], leaves));
    }

    /// <summary>Whether some bytes are a leaf.</summary>
    /// <param name="leaf">The number of the leaf.</param>
    /// <param name="content">All bytes of the leaf.</param>
    public bool Matches(int leaf, ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[Hash.Bytes];
        SHA256.HashData(content, digest);
        return digest.SequenceEqual(_leaves.AsSpan(leaf * Hash.Bytes, Hash.Bytes));
    }

    /// <summary>Its bytes, and how many of them are the root: everything but the leaf digests.</summary>
    public (byte[] Content, int RootBytes) Format()
    {
        var pages = PageDigests(_leaves);
        var header = new RawIndexHeader
        {
            Magic = IndexFormat.Magic, MajorVersion = IndexFormat.MajorVersion, LeafBytes = IndexFormat.LeafBytes, ImageBytes = (ulong)ImageBytes,
            Blobs = (uint)Blobs.Count, Extents = (uint)Extents.Count, Leaves = (uint)LeafCount,
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
        content.Write(MemoryMarshal.AsBytes<ulong>(_sums));
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
        Demand(header.ImageBytes <= IndexFormat.MaxImage, $"{header.ImageBytes} bytes of an image");
        Demand(header.Blobs == manifest.Data.Count, "other blobs than the manifest");
        Demand(header.Extents is > 0 and <= IndexFormat.MaxExtents, $"{header.Extents} extents");
        var leaves = manifest.Data.Sum(blob => IndexFormat.LeavesOf(blob.Size));
        Demand(header.Leaves == leaves, $"{header.Leaves} leaves instead of {leaves}");
        Demand(header.Pages == (leaves + IndexFormat.PageLeaves - 1) / IndexFormat.PageLeaves, $"{header.Pages} pages");
        var (blobsLength, extentsLength) =
            ((int)header.Blobs * Unsafe.SizeOf<RawIndexBlob>(), (int)header.Extents * Unsafe.SizeOf<RawIndexExtent>());
        var root = Unsafe.SizeOf<RawIndexHeader>() + blobsLength + extentsLength + ((long)header.Pages * Hash.Bytes);
        Demand(content.Length == root + (leaves * (Hash.Bytes + sizeof(ulong))), $"{content.Length} bytes");
        Demand(config.IndexRootBytes == root && Hash.Of(content[..(int)root]) == config.IndexRoot, "another root than the description");
        var digests = content.Slice((int)root, (int)leaves * Hash.Bytes);
        Demand(
            PageDigests(digests).AsSpan().SequenceEqual(content[((int)root - ((int)header.Pages * Hash.Bytes))..(int)root]),
            "wrong digests of pages");

        var rawBlobs = MemoryMarshal.Cast<byte, RawIndexBlob>(content.Slice(Unsafe.SizeOf<RawIndexHeader>(), blobsLength)).ToArray();
        var leaf = 0L;
        for (var blob = 0; blob < rawBlobs.Length; blob++)
        {
            var known = manifest.Data[blob];
            Demand(
                rawBlobs[blob].Size == (ulong)known.Size && rawBlobs[blob].FirstLeaf == leaf
                    && Hash.FromBytes(DigestOf(ref rawBlobs[blob])) == known.Digest,
                "other blobs than the manifest");
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
        var sums = MemoryMarshal.Cast<byte, ulong>(content[((int)root + digests.Length)..]);
        return new EnvironmentIndex(manifest.Data, extents, digests.ToArray(), sums.ToArray());
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

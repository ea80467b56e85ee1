using CondaFuse.Platform;

namespace CondaFuse.Images.Remote;

/// <summary>A range of the image that lies in a blob.</summary>
/// <param name="Position">Its beginning in the image.</param>
/// <param name="Length">Its length.</param>
/// <param name="Part">The number of the blob.</param>
/// <param name="Offset">Its beginning in the blob.</param>
public readonly record struct RemoteExtent(long Position, long Length, int Part, long Offset);

/// <summary>A blob of which leaves are read: a blob with data, or the index, of which the digests of leaves are read.</summary>
/// <param name="Digest">Its SHA-256, 64 hexadecimal digits.</param>
/// <param name="Size">Its length; of the index, the end of the digests of leaves.</param>
/// <param name="Start">Where its leaves begin: 0, or behind the root of the index.</param>
public sealed record RemotePart(string Digest, long Size, long Start)
{
    /// <summary>Number of its leaves.</summary>
    public long Leaves => (Size - Start + RemoteImage.LeafBytes - 1) / RemoteImage.LeafBytes;

    /// <summary>Where a leaf is in the blob.</summary>
    public long PositionOf(long leaf) => Start + (leaf * RemoteImage.LeafBytes);

    /// <summary>Length of a leaf: the last one may be shorter.</summary>
    public int LengthOf(long leaf) => (int)Math.Min(RemoteImage.LeafBytes, Size - PositionOf(leaf));
}

/// <summary>
/// The description of an image in a registry. It is a private file of this user that stands where a local image has its archive. With it, every byte
/// can be found and checked: it has the digests of the pages of the index, which have those of the leaves.
/// </summary>
public sealed record RemoteImage
{
    /// <summary>Bytes of a blob that have one digest.</summary>
    public const int LeafBytes = 64 << 10;

    /// <summary>Digests of leaves in one page of the index.</summary>
    public const int PageLeaves = LeafBytes / Sha256.DigestBytes;

    private readonly long[] _firstLeaves;

    /// <param name="parts">The blobs with data, and at last the index.</param>
    public RemoteImage(IReadOnlyList<RemotePart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Parts = parts;
        _firstLeaves = new long[parts.Count];
        for (var part = 1; part < parts.Count; part++)
        {
            _firstLeaves[part] = _firstLeaves[part - 1] + parts[part - 1].Leaves;
        }
    }

    /// <summary>The reference that was mounted.</summary>
    public string Reference { get; init; } = "";

    /// <summary>The digest of its manifest, 64 hexadecimal digits.</summary>
    public required string ManifestDigest { get; init; }

    /// <summary>The folder with the fetcher's socket.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>The name of the settings for the registry, in that folder.</summary>
    public string Settings { get; init; } = "";

    /// <summary>A cache that others filled; null for none.</summary>
    public string? LowerCache { get; init; }

    /// <summary>Whether nothing may be fetched.</summary>
    public bool IsOffline { get; init; }

    /// <summary>How long a read waits for the registry.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Length of the image.</summary>
    public required long ImageBytes { get; init; }

    /// <summary>The superblock.</summary>
    public required ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>The blobs with data, and at last the index.</summary>
    public IReadOnlyList<RemotePart> Parts { get; }

    /// <summary>In the order of the image, without gaps, from the end of the head.</summary>
    public required IReadOnlyList<RemoteExtent> Extents { get; init; }

    /// <summary>The digests of the pages of the index.</summary>
    public required ReadOnlyMemory<byte> PageDigests { get; init; }

    /// <summary>The number of the index among the parts.</summary>
    public int Index => Parts.Count - 1;

    /// <summary>The number of a leaf among those of all blobs.</summary>
    internal long NumberOf(int part, long leaf) => _firstLeaves[part] + leaf;

    /// <summary>The extent that holds a position behind the head.</summary>
    internal RemoteExtent ExtentAt(long position)
    {
        var (low, high) = (0, Extents.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Extents[middle].Position <= position ? (middle, high) : (low, middle - 1);
        }

        return Extents[low];
    }
}

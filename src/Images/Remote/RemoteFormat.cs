using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Images.Remote;

/// <summary>The beginning of the file that describes an image in a registry (docs/formats.md, "Cache of registries").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct RawRemoteImage
{
    public ulong Magic;
    public ushort MajorVersion;
    public ushort MinorVersion;

    /// <summary><see cref="RemoteFormat.OfflineFlag"/>.</summary>
    public uint Flags;

    /// <summary>How long a read waits for the registry.</summary>
    public uint TimeoutSeconds;

    /// <summary>Number of blobs with data: 1 to <see cref="RemoteFormat.MaxBlobs"/>.</summary>
    public uint Blobs;

    /// <summary>Number of extents: 1 to <see cref="RemoteFormat.MaxExtents"/>.</summary>
    public uint Extents;

    /// <summary>Length of the texts, with a NUL after each: <see cref="RemoteFormat.Texts"/> of them.</summary>
    public uint TextBytes;

    /// <summary>Length of the image.</summary>
    public ulong ImageBytes;

    /// <summary>Where the digests of leaves begin in the index.</summary>
    public ulong IndexRoot;

    /// <summary>Where they end.</summary>
    public ulong IndexEnd;

    public fixed byte IndexDigest[Sha256.DigestBytes];

    public fixed byte ManifestDigest[Sha256.DigestBytes];

    /// <summary>The superblock.</summary>
    public fixed byte Head[StoredImage.HeadBytes];
}

/// <summary>A blob with data.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct RawRemoteBlob
{
    public fixed byte Digest[Sha256.DigestBytes];

    public ulong Size;
}

/// <summary>A range of the image that lies in a blob.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRemoteExtent
{
    public ulong Position;
    public ulong Length;
    public ulong Offset;
    public uint Blob;
    public uint Reserved;
}

/// <summary>Constants of descriptions.</summary>
internal static class RemoteFormat
{
    /// <summary>"CondaFr" and 0x1A.</summary>
    public const ulong Magic = 0x1A724661646E6F43;

    public const ushort MajorVersion = 1;

    public const uint OfflineFlag = 1;

    /// <summary>Reference, runtime folder, settings, lower cache.</summary>
    public const int Texts = 4;

    public const int MaxBlobs = 256;

    public const int MaxExtents = 1 << 16;

    /// <summary>Pages of the longest index.</summary>
    public const int MaxPages = 1088;

    public const int MaxTextBytes = 64 << 10;

    public const int MaxBytes = 4 << 20;
}

using System.Runtime.InteropServices;

namespace CondaFuse.Registry.Layout;

/// <summary>The first 64 bytes of an index (docs/formats.md, "Index").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawIndexHeader
{
    public ulong Magic;
    public ushort MajorVersion;
    public ushort MinorVersion;

    /// <summary>Length of a leaf: <see cref="IndexFormat.LeafBytes"/>.</summary>
    public uint LeafBytes;

    /// <summary>Length of the image.</summary>
    public ulong ImageBytes;

    /// <summary>Number of blobs: 1 to <see cref="EnvironmentManifest.MaxData"/>.</summary>
    public uint Blobs;

    /// <summary>Number of extents: 1 to <see cref="IndexFormat.MaxExtents"/>.</summary>
    public uint Extents;

    /// <summary>Number of leaves of all blobs.</summary>
    public uint Leaves;

    /// <summary>Number of pages of leaf digests.</summary>
    public uint Pages;

    public ulong Reserved0;
    public ulong Reserved1;
    public ulong Reserved2;
}

/// <summary>A blob.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct RawIndexBlob
{
    public fixed byte Digest[Hash.Bytes];

    /// <summary>Its length.</summary>
    public ulong Size;

    /// <summary>The number of its first leaf: those of all blobs are numbered in their order.</summary>
    public uint FirstLeaf;

    public uint Reserved;
}

/// <summary>A range of the image that lies in a blob.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawIndexExtent
{
    /// <summary>Its beginning in the image.</summary>
    public ulong Position;

    public ulong Length;

    /// <summary>Its beginning in the blob.</summary>
    public ulong Offset;

    /// <summary>The number of the blob.</summary>
    public uint Blob;

    public uint Reserved;
}

/// <summary>Constants of an index.</summary>
internal static class IndexFormat
{
    /// <summary>"CondaFx" and 0x1A.</summary>
    public const ulong Magic = 0x1A784661646E6F43;

    public const ushort MajorVersion = 1;

    /// <summary>Bytes of a blob that have one digest; the last leaf of a blob may be shorter.</summary>
    public const int LeafBytes = 64 << 10;

    /// <summary>Leaf digests of a page; the last page may have fewer.</summary>
    public const int PageLeaves = 2048;

    public const int MaxExtents = 1 << 16;

    /// <summary>Longest image: 128 GiB.</summary>
    public const long MaxImage = 1L << 37;

    /// <summary>Longest index: of such an image.</summary>
    public const int MaxBytes = 84 << 20;

    /// <summary>Number of leaves of a blob.</summary>
    public static long LeavesOf(long bytes) => (bytes + LeafBytes - 1) / LeafBytes;
}

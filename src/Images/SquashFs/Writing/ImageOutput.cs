using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>An image that is being written: mostly appended to, and patched in places. Reads are thread-safe.</summary>
internal abstract class ImageOutput : IDisposable
{
    /// <summary>The end of the written data: the offset of the next byte.</summary>
    public long Position { get; protected set; }

    /// <summary>Appends bytes.</summary>
    public virtual void Append(ReadOnlySpan<byte> bytes)
    {
        WriteAt(Position, bytes);
        Position += bytes.Length;
    }

    /// <summary>Appends a raw struct.</summary>
    public void Append<T>(in T value)
        where T : unmanaged => Append(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Appends zeros up to a multiple of a length.</summary>
    public void PadTo(int multiple) => Append(new byte[(multiple - (int)(Position % multiple)) % multiple]);

    /// <summary>Overwrites appended bytes with a raw struct.</summary>
    public void WriteAt<T>(long position, in T value)
        where T : unmanaged => WriteAt(position, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Overwrites appended bytes.</summary>
    public abstract void WriteAt(long position, ReadOnlySpan<byte> bytes);

    /// <summary>Reads bytes that were appended or existed before.</summary>
    public abstract void Read(long position, Span<byte> destination);

    /// <summary>CRC32C of the appended bytes between two positions.</summary>
    public uint ChecksumOf(long start, long end)
    {
        var bytes = new byte[end - start];
        Read(start, bytes);
        return Crc32C.Of(bytes);
    }

    public abstract void Dispose();
}

/// <summary>A new archive's identity: a digest of its tree and of its blocks' checksums, so that equal trees have equal identities.</summary>
internal static class ImageIdentity
{
    public static Guid Of(TreeTables tree, IReadOnlyList<StoredBlock> blocks)
    {
        var hash = new ContentHash(seed: 0);
        var identity = Add(UInt128.Zero, tree.Inodes.Stored, hash);
        identity = Add(identity, tree.Listings.Stored, hash);
        identity = Add(identity, MemoryMarshal.AsBytes<uint>(blocks.Select(block => block.Checksum).ToArray()), hash);
        return MemoryMarshal.Cast<UInt128, Guid>(new ReadOnlySpan<UInt128>(in identity))[0];
    }

    private static UInt128 Add(UInt128 identity, ReadOnlySpan<byte> bytes, ContentHash hash)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, SquashFsFormat.MaxBlockSize)];
            var digest = hash.Of(part);
            var (first, second) = (new UInt128(digest.Second, digest.First), new UInt128(digest.Fourth, digest.Third));
            identity = (identity * 0x9E3779B97F4A7C15) + first + UInt128.RotateLeft(second, 64) + (UInt128)digest.Length;
            bytes = bytes[part.Length..];
        }

        return identity;
    }
}

using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A new archive's identity: a digest of its tree and of its blocks' checksums, so that the same tree gives the same one.</summary>
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

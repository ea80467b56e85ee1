using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>The identity of an image of another tool.</summary>
internal static class ForeignIdentity
{
    /// <summary>FNV-1a of its superblock, 128 bits (draft-eastlake-fnv).</summary>
    public static Guid Of(in RawSuperblock superblock)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013B);
        var hash = new UInt128(0x6C62272E07BB0142, 0x62B821756295C58D);
        foreach (var b in MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock)))
        {
            hash = (hash ^ b) * prime;
        }

        return Identities.Of((ulong)hash, (ulong)(hash >> 64));
    }
}

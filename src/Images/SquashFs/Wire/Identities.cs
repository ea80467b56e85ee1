using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Identities of archives and segments, as pairs of 64-bit numbers on disk.</summary>
internal static class Identities
{
    /// <summary>The identity that two halves make.</summary>
    public static Guid Of(ulong low, ulong high) => MemoryMarshal.Cast<ulong, Guid>([low, high])[0];

    /// <summary>The halves of an identity.</summary>
    public static (ulong Low, ulong High) Halves(Guid identity)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in identity));
        return (halves[0], halves[1]);
    }

    /// <summary>The identity of an image of another tool: FNV-1a of its superblock, 128 bits (draft-eastlake-fnv).</summary>
    public static Guid OfForeign(in RawSuperblock superblock)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013B);
        var hash = new UInt128(0x6C62272E07BB0142, 0x62B821756295C58D);
        foreach (var b in MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock)))
        {
            hash = (hash ^ b) * prime;
        }

        return Of((ulong)hash, (ulong)(hash >> 64));
    }
}

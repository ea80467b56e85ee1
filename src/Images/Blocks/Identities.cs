using System.Runtime.InteropServices;

namespace CondaFuse.Images.Blocks;

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
}

using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>An extended attribute's name; the name without prefix follows, then the value's 32-bit length and the value.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawXattrName
{
    /// <summary>Low byte: <see cref="XattrPrefix"/>; <see cref="XattrPrefix.OutOfLine"/> may be set.</summary>
    public ushort Prefix;

    /// <summary>Length of the name without its prefix.</summary>
    public ushort Length;
}

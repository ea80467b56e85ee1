using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>One entry of the fragment table.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFragment
{
    /// <summary>Where the block starts in the image.</summary>
    public ulong Start;

    /// <summary>Its size, as of a data block.</summary>
    public uint Size;

    public uint Unused;
}

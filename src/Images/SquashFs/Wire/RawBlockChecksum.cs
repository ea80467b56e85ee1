using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>One entry of the private checksum table: a data or fragment block as it is stored.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawBlockChecksum
{
    /// <summary>Where the block starts in the image.</summary>
    public ulong Start;

    /// <summary>Its size, as of a data block.</summary>
    public uint Size;

    /// <summary>CRC32C of its stored bytes.</summary>
    public uint Checksum;
}

using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>One entry of the private checksum table: a data or fragment block of this generation as it is stored.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawBlockChecksum
{
    /// <summary>Its size, as of a data block.</summary>
    public uint Size;

    /// <summary>CRC32C of its stored bytes.</summary>
    public uint Checksum;
}

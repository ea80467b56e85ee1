using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>One entry of an extended directory's index; the name of the first entry behind the header that it points to follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectoryIndex
{
    /// <summary>Offset of that header in the listing.</summary>
    public uint ListingPosition;

    /// <summary>Start of the header's metadata block, relative to the directory table.</summary>
    public uint Block;

    /// <summary>Length of the name in bytes, minus 1.</summary>
    public uint NameLengthMinusOne;
}

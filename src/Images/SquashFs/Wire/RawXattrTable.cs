using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Header of the xattr table; the list of the blocks of <see cref="RawXattrSet"/> entries follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawXattrTable
{
    /// <summary>Start of the metadata blocks with names and values.</summary>
    public ulong Start;

    /// <summary>Entries of the table.</summary>
    public uint Count;

    public uint Unused;
}

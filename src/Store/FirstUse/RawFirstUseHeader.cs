using System.Runtime.InteropServices;

namespace CondaFuse.Store.FirstUse;

/// <summary>Begins a list of first uses (docs/formats.md, "Lists of first uses").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFirstUseHeader
{
    /// <summary><see cref="FirstUseList.Magic"/>.</summary>
    public ulong Magic;

    /// <summary>1.</summary>
    public uint Version;

    /// <summary>Number of ranges: 0 to <see cref="FirstUseList.MostRanges"/>.</summary>
    public uint Count;

    /// <summary>Length of all ranges in bytes: they end with the file.</summary>
    public uint Length;

    /// <summary>CRC32C of the ranges.</summary>
    public uint Checksum;
}

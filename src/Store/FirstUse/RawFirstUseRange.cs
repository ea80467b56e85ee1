using System.Runtime.InteropServices;

namespace CondaFuse.Store.FirstUse;

/// <summary>One range of a list; so many bytes of a path follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFirstUseRange
{
    /// <summary>Where it begins in the file, in bytes.</summary>
    public ulong Offset;

    /// <summary>Its bytes: at least 1.</summary>
    public uint Length;

    /// <summary>Bytes of the path: 1 to 4095; 0 for the path of the range before.</summary>
    public ushort PathLength;
}

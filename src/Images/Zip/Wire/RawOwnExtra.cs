using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Our extra field of an entry, in the central directory (<see cref="ExtraId.Own"/>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawOwnExtra
{
    /// <summary>Inode number; names of one entry share it. Counts only where the record vouches for the directory.</summary>
    public uint Inode;

    /// <summary>When the content changed.</summary>
    public uint Nanoseconds;
    public long Seconds;

    /// <summary>When the attributes changed. Counts as the inode number does.</summary>
    public uint ChangedNanoseconds;
    public long ChangedSeconds;
}

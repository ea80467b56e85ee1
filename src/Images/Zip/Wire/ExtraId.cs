namespace CondaFuse.Images.Zip.Wire;

/// <summary>Extra fields that are read or written (APPNOTE 4.5, 4.6; Info-ZIP's <c>extrafld.txt</c>).</summary>
internal enum ExtraId : ushort
{
    /// <summary>64-bit sizes and offset.</summary>
    Zip64 = 0x0001,

    /// <summary>Times in units of 100 ns.</summary>
    Ntfs = 0x000A,

    /// <summary>Times, owner, and the device's numbers or the link's target.</summary>
    PkWareUnix = 0x000D,

    /// <summary>CF: exact times and inode number, of our own.</summary>
    Own = 0x4643,

    /// <summary>UT: times in seconds.</summary>
    Times = 0x5455,

    /// <summary>UX: times, and in the local header the owner.</summary>
    UnixOld = 0x5855,

    /// <summary>up: the name in UTF-8.</summary>
    UnicodePath = 0x7075,

    /// <summary>Ux: the owner, in the local header only.</summary>
    UnixShort = 0x7855,

    /// <summary>ux: the owner, in numbers of any length.</summary>
    UnixOwner = 0x7875,
}

using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Numbers of the format: PKWARE's APPNOTE.TXT 6.3.10, and Info-ZIP's <c>extrafld.txt</c>.</summary>
internal static class ZipFormat
{
    public const uint LocalSignature = 0x04034B50;
    public const uint CentralSignature = 0x02014B50;
    public const uint DigitalSignature = 0x05054B50;
    public const uint EndSignature = 0x06054B50;
    public const uint End64Signature = 0x06064B50;
    public const uint Locator64Signature = 0x07064B50;

    /// <summary>Value of a 16-bit field that is in the zip64 record.</summary>
    public const ushort In64Short = ushort.MaxValue;

    /// <summary>Value of a 32-bit field that is in the zip64 record or extra field.</summary>
    public const uint In64 = uint.MaxValue;

    /// <summary>General purpose bit 0: the content is encrypted.</summary>
    public const ushort EncryptedFlag = 1;

    /// <summary>General purpose bits 1 and 2: the compression level, depending on the method.</summary>
    public const ushort MethodFlags = 6;

    /// <summary>General purpose bit 3: checksum and sizes are after the content, not in the local header.</summary>
    public const ushort DescriptorFlag = 8;

    /// <summary>General purpose bit 11: the name is UTF-8.</summary>
    public const ushort Utf8Flag = 0x800;

    /// <summary>"Version made by", without the host: 6.3.</summary>
    public const int Version = 63;

    /// <summary>"Version needed" for uncompressed content, for deflate and directories, for 64-bit sizes, for bzip2, and for other methods.</summary>
    public const int NeedsStored = 10, NeedsDeflate = 20, Needs64 = 45, NeedsBzip2 = 46, NeedsOther = 63;

    /// <summary>Maximum length of name, extra fields and comment.</summary>
    public const int MaxField = ushort.MaxValue;

    /// <summary>Upper byte of "version made by": MS-DOS.</summary>
    public const int HostDos = 0;

    /// <summary>Upper byte of "version made by": Unix.</summary>
    public const int HostUnix = 3;

    /// <summary>Upper byte of "version made by": Darwin.</summary>
    public const int HostDarwin = 19;

    /// <summary>
    /// Bit of the external attributes with which fuse-zip and PKZIP mark a hard link; its target is in <see cref="ExtraId.PkWareUnix"/>.
    /// </summary>
    public const uint HardLinkAttribute = 0x800;

    /// <summary>MS-DOS attribute: read-only.</summary>
    public const uint DosReadOnly = 0x01;

    /// <summary>MS-DOS attribute: a directory.</summary>
    public const uint DosDirectory = 0x10;
}

/// <summary>The compression method of an entry (APPNOTE 4.4.5).</summary>
internal enum ZipMethod : ushort
{
    Stored = 0,
    Deflate = 8,
    Bzip2 = 12,
    Zstd = 93,
    Xz = 95,
}

/// <summary>The upper half of the external attributes on Unix: <c>st_mode</c>.</summary>
internal static class UnixMode
{
    public const int TypeMask = 0xF000;
    public const int Fifo = 0x1000;
    public const int CharacterDevice = 0x2000;
    public const int Directory = 0x4000;
    public const int BlockDevice = 0x6000;
    public const int File = 0x8000;
    public const int Symlink = 0xA000;
    public const int Socket = 0xC000;
    public const int PermissionMask = 0xFFF;

    /// <summary>The kind in the type bits; null if they are invalid.</summary>
    public static EntryKind? KindOf(int mode) => (mode & TypeMask) switch
    {
        Fifo => EntryKind.Fifo,
        CharacterDevice => EntryKind.CharacterDevice,
        Directory => EntryKind.Directory,
        BlockDevice => EntryKind.BlockDevice,
        File => EntryKind.File,
        Symlink => EntryKind.Symlink,
        Socket => EntryKind.Socket,
        _ => null,
    };

    /// <summary>The type bits of a kind.</summary>
    public static int TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.Directory => Directory,
        EntryKind.Symlink => Symlink,
        EntryKind.BlockDevice => BlockDevice,
        EntryKind.CharacterDevice => CharacterDevice,
        EntryKind.Fifo => Fifo,
        EntryKind.Socket => Socket,
        _ => File,
    };
}

/// <summary>Extra fields that are read or written (APPNOTE 4.5, 4.6; Info-ZIP's <c>extrafld.txt</c>).</summary>
internal enum ExtraId : ushort
{
    /// <summary>64-bit sizes and offset.</summary>
    Zip64 = 0x0001,

    /// <summary>Times in units of 100 ns.</summary>
    Ntfs = 0x000A,

    /// <summary>Times, owner, and the device's numbers or the link's target.</summary>
    PkWareUnix = 0x000D,

    /// <summary>CF: our own field with exact times and inode number.</summary>
    Own = 0x4643,

    /// <summary>UT: times in seconds.</summary>
    Times = 0x5455,

    /// <summary>UX: times, and in the local header the owner.</summary>
    UnixOld = 0x5855,

    /// <summary>up: the name in UTF-8.</summary>
    UnicodePath = 0x7075,

    /// <summary>Ux: the owner, only in the local header.</summary>
    UnixShort = 0x7855,

    /// <summary>ux: the owner, as numbers of any length.</summary>
    UnixOwner = 0x7875,
}

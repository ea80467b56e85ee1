using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Local file header, before name and extra fields (APPNOTE 4.3.7).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawLocalHeader
{
    public uint Signature;
    public ushort Needed;
    public ushort Flags;
    public ushort Method;
    public ushort Time;
    public ushort Date;
    public uint Crc;
    public uint StoredBytes;
    public uint Size;
    public ushort NameLength;
    public ushort ExtraLength;
}

/// <summary>Central directory file header, before name, extra fields and comment (APPNOTE 4.3.12).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawCentralHeader
{
    public uint Signature;
    public ushort MadeBy;
    public ushort Needed;
    public ushort Flags;
    public ushort Method;
    public ushort Time;
    public ushort Date;
    public uint Crc;
    public uint StoredBytes;
    public uint Size;
    public ushort NameLength;
    public ushort ExtraLength;
    public ushort CommentLength;
    public ushort Disk;
    public ushort InternalAttributes;
    public uint ExternalAttributes;
    public uint LocalOffset;
}

/// <summary>End of central directory record, before its comment (APPNOTE 4.3.16).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawEndRecord
{
    public uint Signature;
    public ushort Disk;
    public ushort DirectoryDisk;
    public ushort EntriesOnDisk;
    public ushort Entries;
    public uint DirectoryBytes;
    public uint DirectoryOffset;
    public ushort CommentLength;
}

/// <summary>Zip64 end of central directory record, before its extensible data (APPNOTE 4.3.14).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawEnd64Record
{
    public uint Signature;
    public ulong RecordBytes;
    public ushort MadeBy;
    public ushort Needed;
    public uint Disk;
    public uint DirectoryDisk;
    public ulong EntriesOnDisk;
    public ulong Entries;
    public ulong DirectoryBytes;
    public ulong DirectoryOffset;
}

/// <summary>Zip64 end of central directory locator (APPNOTE 4.3.15).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawEnd64Locator
{
    public uint Signature;
    public uint Disk;
    public ulong Position;
    public uint Disks;
}

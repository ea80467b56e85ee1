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

    /// <summary>A 16-bit field whose value is in the zip64 record.</summary>
    public const ushort In64Short = ushort.MaxValue;

    /// <summary>A 32-bit field whose value is in the zip64 record or extra field.</summary>
    public const uint In64 = uint.MaxValue;

    /// <summary>General purpose bit 0: the content is encrypted.</summary>
    public const ushort EncryptedFlag = 1;

    /// <summary>General purpose bits 1 and 2: what a method says of how it compressed.</summary>
    public const ushort MethodFlags = 6;

    /// <summary>General purpose bit 3: checksum and sizes lie behind the content, not in the local header.</summary>
    public const ushort DescriptorFlag = 8;

    /// <summary>General purpose bit 11: the name is UTF-8.</summary>
    public const ushort Utf8Flag = 0x800;

    /// <summary>"Version made by", but for the host: 6.3.</summary>
    public const int Version = 63;

    /// <summary>"Version needed": for what is not compressed, for deflate and directories, for 64-bit sizes, for bzip2 and other methods.</summary>
    public const int NeedsStored = 10, NeedsDeflate = 20, Needs64 = 45, NeedsBzip2 = 46, NeedsOther = 63;

    /// <summary>Longest name, extra fields and comment.</summary>
    public const int MaxField = ushort.MaxValue;

    /// <summary>Upper byte of "version made by": MS-DOS.</summary>
    public const int HostDos = 0;

    /// <summary>Upper byte of "version made by": Unix.</summary>
    public const int HostUnix = 3;

    /// <summary>Upper byte of "version made by": Darwin.</summary>
    public const int HostDarwin = 19;

    /// <summary>Bit of the external attributes by which fuse-zip and PKZIP mark a hard link, whose target is in <see cref="ExtraId.PkWareUnix"/>.</summary>
    public const uint HardLinkAttribute = 0x800;

    /// <summary>MS-DOS attribute: may not be written.</summary>
    public const uint DosReadOnly = 0x01;

    /// <summary>MS-DOS attribute: a directory.</summary>
    public const uint DosDirectory = 0x10;
}

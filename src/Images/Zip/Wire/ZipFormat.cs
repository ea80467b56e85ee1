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

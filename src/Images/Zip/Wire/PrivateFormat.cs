namespace CondaFuse.Images.Zip.Wire;

/// <summary>Figures of what our writer adds to zip archives (<c>docs/formats.md</c>).</summary>
internal static class PrivateFormat
{
    /// <summary>"CondaFz" and 0x1A, little-endian: begins the footer.</summary>
    public const ulong FooterMagic = 0x1A7A4661646E6F43;

    /// <summary>A reader leaves alone what has another major version.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when fields are added that older readers may ignore.</summary>
    public const ushort MinorVersion = 0;

    /// <summary>Longest record in bytes.</summary>
    public const int MaxRecord = 1 << 20;

    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 65536;
}

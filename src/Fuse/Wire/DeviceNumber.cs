namespace CondaFuse.Fuse.Wire;

/// <summary>Device numbers as the kernel's <c>new_encode_dev</c> packs them: 12 bits of major, 20 of minor.</summary>
public static class DeviceNumber
{
    /// <summary>Major number of a packed one.</summary>
    public static uint MajorOf(uint packed) => (packed >> 8) & 0xFFF;

    /// <summary>Minor number of a packed one.</summary>
    public static uint MinorOf(uint packed) => (packed & 0xFF) | ((packed >> 12) & 0xFFF00);

    /// <summary>Packs a device number into 32 bits.</summary>
    public static uint Pack(uint major, uint minor) => (minor & 0xFF) | ((major & 0xFFF) << 8) | ((minor & 0xFFF00) << 12);
}

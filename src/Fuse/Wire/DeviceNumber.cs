namespace CondaFuse.Fuse.Wire;

/// <summary>Device numbers as the kernel's <c>new_encode_dev</c> packs them: 12 bits of major, 20 of minor.</summary>
public static class DeviceNumber
{
    /// <summary>Packs a device number into 32 bits.</summary>
    public static uint Pack(uint major, uint minor) => (minor & 0xFF) | ((major & 0xFFF) << 8) | ((minor & 0xFFF00) << 12);
}

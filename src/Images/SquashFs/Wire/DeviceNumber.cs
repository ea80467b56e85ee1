namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Device numbers as Linux packs them into 32 bits (<c>new_encode_dev</c>): 12 bits major, 20 bits minor.</summary>
internal static class DeviceNumber
{
    public const uint MaxMajor = 0xFFF;

    public const uint MaxMinor = 0xFFFFF;

    public static uint Encode(uint major, uint minor) => (minor & 0xFF) | (major << 8) | ((minor & ~0xFFu) << 12);

    public static (uint Major, uint Minor) Decode(uint device) => ((device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00));
}

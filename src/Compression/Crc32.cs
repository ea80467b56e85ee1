namespace CondaFuse.Compression;

/// <summary>The CRC-32 of zip and gzip (ISO 3309).</summary>
public static class Crc32
{
    /// <summary>Goes on from the checksum of what came before; 0 to begin.</summary>
    public static uint Append(uint before, ReadOnlySpan<byte> bytes) => CodecLibrary.Current.Crc32(before, bytes);

    /// <summary>The checksum of two contents behind each other.</summary>
    /// <param name="first">Of the first.</param>
    /// <param name="second">Of the second.</param>
    /// <param name="secondLength">The second's length in bytes.</param>
    public static uint Join(uint first, uint second, long secondLength) => (uint)Zlib.crc32_combine(first, second, (nint)secondLength);
}

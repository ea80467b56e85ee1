using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>The CRC-32 of zip and gzip (ISO 3309). Bindings: <c>libdeflate.h</c> 1.0 or later, <c>zlib.h</c>.</summary>
public static partial class Crc32
{
    private const string Library = "libdeflate";

    /// <summary>Goes on from the checksum of what came before; 0 to begin.</summary>
    public static unsafe uint Append(uint before, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return from is null ? before : libdeflate_crc32(before, from, (nuint)bytes.Length);
        }
    }

    /// <summary>The checksum of two contents behind each other.</summary>
    /// <param name="first">Of the first.</param>
    /// <param name="second">Of the second.</param>
    /// <param name="secondLength">The second's length in bytes.</param>
    public static uint Join(uint first, uint second, long secondLength) => (uint)crc32_combine(first, second, (nint)secondLength);

    [LibraryImport("libz")]
    private static partial nuint crc32_combine(nuint first, nuint second, nint secondLength);

    [LibraryImport(Library)]
    private static unsafe partial uint libdeflate_crc32(uint before, byte* from, nuint length);
}

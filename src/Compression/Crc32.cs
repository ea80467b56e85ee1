using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>The CRC-32 of zip and gzip (ISO 3309). Bindings: <c>libdeflate.h</c> 1.0 or later.</summary>
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

    [LibraryImport(Library)]
    private static unsafe partial uint libdeflate_crc32(uint before, byte* from, nuint length);
}

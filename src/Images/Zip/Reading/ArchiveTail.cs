using CondaFuse.Platform;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>
/// Length and last bytes of an archive: the end record, and our footer or the names, positions and checksums of the last entries. Tools that follow
/// the format cannot change an archive without changing these.
/// </summary>
/// <param name="Length">Length of the file.</param>
/// <param name="Checksum">CRC32C of the last 64 KiB.</param>
internal readonly record struct ArchiveTail(long Length, uint Checksum)
{
    private const int MaxBytes = 64 << 10;

    public static ArchiveTail Of(ImageFile file)
    {
        var tail = new byte[Math.Min(MaxBytes, file.Length)];
        file.Read(file.Length - tail.Length, tail);
        return new ArchiveTail(file.Length, Crc32C.Of(tail));
    }
}

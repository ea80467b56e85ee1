using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Where the content of an entry is, and what it should be.</summary>
/// <param name="Position">Where in the file it begins.</param>
/// <param name="StoredBytes">Its length there.</param>
/// <param name="Size">Its length when decompressed.</param>
/// <param name="Crc">Its CRC-32.</param>
/// <param name="Method">How it is compressed.</param>
internal readonly record struct StoredContent(long Position, long StoredBytes, long Size, uint Crc, ZipMethod Method);

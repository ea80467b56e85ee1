using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Content that is stored already, as zip has it.</summary>
/// <param name="Entry">Of which entry of its archive.</param>
/// <param name="StoredBytes">Its length there.</param>
/// <param name="Crc">Its CRC-32.</param>
/// <param name="Method">How it is compressed.</param>
/// <param name="MethodFlags">What the method says of how it compressed.</param>
internal readonly record struct StoredPiece(int Entry, long StoredBytes, uint Crc, ZipMethod Method, ushort MethodFlags);

using System.Buffers.Binary;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Reads the prefix table of an archive, which lies before its record. Its content is not interpreted here.</summary>
internal static class ZipPrefixTable
{
    /// <summary>Reads it.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="record">Its record; null for another tool's archive.</param>
    /// <param name="longest">How many bytes of it to read.</param>
    /// <returns>Its first bytes; null if there is none.</returns>
    /// <exception cref="ImageException">It is damaged.</exception>
    public static byte[]? Read(ImageFile file, ZipRecord? record, int longest)
    {
        if (record is not { PrefixTable: { Length: > 0 } place })
        {
            return null;
        }

        Demand(place.Length is > sizeof(uint) and <= ZipPrivateFormat.MaxPrefixTable && place.Start >= 0, $"{place.Length} bytes");
        var stored = new byte[place.Length];
        file.Read(place.Start, stored);
        Demand(Crc32C.Of(stored) == place.Checksum, "wrong checksum");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(stored);
        Demand(length <= ZipPrivateFormat.MaxPrefixTable, $"{length} bytes");
        var content = new byte[Math.Min((int)length, longest)];
        using var decoder = StreamDecoders.Deflate();
        for (var (from, to, status) = (sizeof(uint), 0, DecodeStatus.Going); to < content.Length;)
        {
            Demand(status == DecodeStatus.Going, "its content");
            status = decoder.Decode(stored.AsSpan(from), content.AsSpan(to), out var consumed, out var written);
            Demand(consumed + written > 0, "its content");
            (from, to) = (from + consumed, to + written);
        }

        return content;

        void Demand(bool condition, string message)
        {
            if (!condition)
            {
                throw new ImageException(ImageFault.Record, $"{file.Path}: the prefix table is damaged: {message}.");
            }
        }
    }
}

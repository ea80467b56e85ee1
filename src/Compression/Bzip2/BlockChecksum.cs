namespace CondaFuse.Compression.Bzip2;

/// <summary>bzip2's CRC-32: polynomial 0x04c11db7, the highest bit first.</summary>
internal static class BlockChecksum
{
    private const uint Polynomial = 0x04c11db7;
    private const int TopShift = 24;
    private const int Slices = 4;

    private static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        ReadOnlySpan<uint> table = Table;
        for (; data.Length >= Slices; data = data[Slices..])
        {
            sum ^= System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(data);
            sum = table[(int)(768 + (sum >> TopShift))] ^ table[(int)(512 + ((sum >> 16) & 0xFF))] ^ table[(int)(256 + ((sum >> 8) & 0xFF))] ^ table[(int)(sum & 0xFF)];
        }

        foreach (var unit in data)
        {
            sum = (sum << 8) ^ table[(int)((sum >> TopShift) ^ unit)];
        }

        return ~sum;
    }

    /// <summary>For each byte what it makes of the checksum, and what it makes of it one, two and three bytes later.</summary>
    private static uint[] MakeTable()
    {
        var table = new uint[Slices * 256];
        for (var unit = 0; unit < table.Length; unit++)
        {
            var sum = unit < 256 ? (uint)unit << TopShift : table[unit - 256];
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum << 1) ^ ((sum >> 31) * Polynomial);
            }

            table[unit] = sum;
        }

        return table;
    }
}

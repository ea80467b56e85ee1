using System.Numerics;

namespace CondaFuse.Compression.Bzip2;

/// <summary>Encodes bzip2 streams: blocks of 100 000 to 900 000 bytes, sorted, and coded by Huffman's codes. Not for several threads at once.</summary>
internal sealed class Bzip2Compressor : IBlockCompressor
{
    private const int Letters = 256;
    private const int LevelBytes = 100_000;

    /// <summary>libbz2 leaves so many bytes of a block free.</summary>
    private const int Spare = 19;

    private readonly int _level;
    private readonly byte[] _block;
    private readonly byte[] _column;
    private readonly ushort[] _symbols;
    private readonly RotationSort _sort;
    private readonly SymbolCoding _coding;

    /// <summary>Levels 1 to 9: hundreds of thousands of bytes in a block.</summary>
    public Bzip2Compressor(int level)
    {
        _level = new LevelRange(1, 9, 9).Check(level);
        var longest = (level * LevelBytes) - Spare;
        _block = new byte[longest];
        _column = new byte[longest];
        _symbols = new ushort[longest + 1];
        _sort = new RotationSort(longest);
        _coding = new SymbolCoding(longest + 1);
    }

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var output = new BitWriter(destination);
        output.Write(('B' << 8) | 'Z', 16);
        output.Write(('h' << 8) | (uint)('0' + _level), 16);
        var combined = 0u;
        while (source.Length > 0)
        {
            var taken = RunEncoding.Encode(source, _block, out var length);
            var sum = BlockChecksum.Of(source[..taken]);
            combined = BitOperations.RotateLeft(combined, 1) ^ sum;
            WriteBlock(_block.AsSpan(0, length), sum, ref output);
            source = source[taken..];
        }

        output.Write(0x177245, 24); // the root of pi
        output.Write(0x385090, 24);
        output.Write(combined, 32);
        return output.Finish();
    }

    public void Dispose()
    {
    }

    private void WriteBlock(ReadOnlySpan<byte> block, uint sum, ref BitWriter output)
    {
        var column = _column.AsSpan(0, block.Length);
        var own = _sort.Transform(block, column);
        output.Write(0x314159, 24); // pi
        output.Write(0x265359, 24);
        output.Write(sum, 32);
        output.Write(0, 1); // not randomised
        output.Write((uint)own, 24);
        Span<bool> used = stackalloc bool[Letters];
        used.Clear();
        foreach (var letter in block)
        {
            used[letter] = true;
        }

        var letters = WriteUsed(used, ref output);
        Span<int> counts = stackalloc int[CodeLengths.MostSymbols];
        var symbols = MoveToFront.Encode(column, used, _symbols, counts);
        _coding.Write(_symbols.AsSpan(0, symbols), counts[..(letters + 2)], ref output);
    }

    /// <summary>Which letters there are: sixteen bits for the sixteens that have any, and sixteen for each of these.</summary>
    private static int WriteUsed(scoped ReadOnlySpan<bool> used, ref BitWriter output)
    {
        const int part = 16;
        var letters = 0;
        Span<uint> parts = stackalloc uint[part];
        var any = 0u;
        for (var i = 0; i < part; i++)
        {
            parts[i] = 0;
            foreach (var isUsed in used.Slice(i * part, part))
            {
                parts[i] = (parts[i] << 1) | (isUsed ? 1u : 0);
                letters += isUsed ? 1 : 0;
            }

            any = (any << 1) | (parts[i] != 0 ? 1u : 0);
        }

        output.Write(any, part);
        foreach (var bits in parts)
        {
            if (bits != 0)
            {
                output.Write(bits, part);
            }
        }

        return letters;
    }
}

using System.Buffers.Binary;
using CondaFuse.Compression;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>The compressor in an image: its number, and options if readers need or show them.</summary>
internal static class CompressorOptions
{
    /// <summary>The number. An image without compression uses gzip and marks every block as uncompressed.</summary>
    public static CompressorId IdOf(ICodec codec) => codec.Name switch
    {
        "zstd" => CompressorId.Zstd,
        "xz" => CompressorId.Xz,
        "lz4" => CompressorId.Lz4,
        _ => CompressorId.Gzip,
    };

    /// <summary>The options as 32-bit numbers; empty if readers assume them anyway (mksquashfs: <c>*_wrapper.c</c>).</summary>
    public static byte[] Encode(ICodec codec, int level, int blockSize) => codec.Name switch
    {
        "xz" when codec is XzCodec xz && (xz.DictionarySize is not null || xz.Filters != XzFilters.None) =>
            Words((uint)Math.Min(xz.DictionarySize ?? blockSize, blockSize), (uint)xz.Filters),
        "zstd" when level != 15 => Words((uint)level),
        "gzip" when Math.Min(level, 9) != 9 => Words((uint)level, 15), // level; window of 2^15 in the low half, no strategies in the high half
        "lz4" => Words(1, level > 1 ? 1u : 0u), // version; flag of the high-compression compressor
        _ => [],
    };

    /// <summary>The level in an image's options, or else the one that readers assume.</summary>
    public static int LevelOf(ICodec codec, ReadOnlySpan<byte> options)
    {
        var word = options.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(options) : 0;
        var level = codec.Name switch
        {
            "zstd" or "gzip" when word > 0 => (int)Math.Min(word, 100),
            "zstd" => 15,
            "gzip" => 9,
            _ => codec.Levels.Default,
        };
        return codec.Levels.Contains(level) ? level : codec.Levels.Default;
    }

    /// <summary>The codec with an image's options: a decoder allocates no more memory per block than they specify.</summary>
    public static ICodec Configured(ICodec codec, ReadOnlySpan<byte> options) =>
        codec is XzCodec && options.Length >= 2 * sizeof(uint)
            ? XzCodec.Create(
                (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(options), int.MaxValue),
                (XzFilters)BinaryPrimitives.ReadUInt32LittleEndian(options[sizeof(uint)..]))
            : codec;

    private static byte[] Words(params ReadOnlySpan<uint> words)
    {
        var bytes = new byte[words.Length * sizeof(uint)];
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), words[i]);
        }

        return bytes;
    }
}

using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>All codecs.</summary>
public static class Codecs
{
    /// <summary>
    /// The block size of packed images in bytes. For this size, the levels used for packing search for matches for a shorter time than the library's
    /// levels of the same number.
    /// </summary>
    public const int LargeBlock = 256 << 10;

    /// <summary>zstd: the default; fast to read.</summary>
    public static ICodec Zstd => CodecLibrary.Current.Zstd;

    /// <summary>xz: smallest and slowest. Not available in a portable build.</summary>
    public static ICodec Xz => CodecLibrary.Current.Xz;

    /// <summary>gzip: deflate in zlib's framing.</summary>
    public static ICodec Gzip => CodecLibrary.Current.Gzip;

    /// <summary>lz4: fastest to read.</summary>
    public static ICodec Lz4 => CodecLibrary.Current.Lz4;

    /// <summary>none: everything is stored uncompressed.</summary>
    public static ICodec None { get; } = new NoneCodec();

    /// <summary>All codecs of this build, the default first.</summary>
    public static IReadOnlyList<ICodec> All { get; } = [.. new[] { Zstd, Xz, Gzip, Lz4, None }.Where(codec => codec.Refusal is null)];

    /// <summary>Finds a codec by its name; null if there is none.</summary>
    public static ICodec? Find(string name) => All.FirstOrDefault(codec => codec.Name == name);
}

/// <summary>Codecs from static system libraries, linked into the program: the fastest.</summary>
internal sealed partial class NativeCodecs : CodecLibrary
{
    public override ICodec Zstd { get; } = new ZstdCodec();

    public override ICodec Gzip { get; } = new GzipCodec();

    public override ICodec Lz4 { get; } = new Lz4Codec();

    public override ICodec Xz { get; } = new XzCodec();

    public override IStreamDecoder ZstdStream() => new ZstdStreamDecoder();

    public override IStreamDecoder Bzip2Stream() => new Bzip2StreamDecoder();

    public override IStreamDecoder XzStream() => new XzStreamDecoder();

    public override IBlockDecompressor RawDeflate() => new LibdeflateDecompressor();

    public override IBlockCompressor RawDeflateCompressor(int level) => new LibdeflateCompressor(level);

    public override IBlockCompressor GzipMember(int level) => new GzipMemberCompressor(level);

    public override IBlockCompressor Bzip2Member(int level) => new Bzip2MemberCompressor(level);

    public override IBlockCompressor XzMember(int level, ulong branchFilter) => new XzMemberCompressor(level, branchFilter);

    public override unsafe uint Crc32(uint before, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return from is null ? before : libdeflate_crc32(before, from, (nuint)bytes.Length);
        }
    }

    [LibraryImport("libdeflate")]
    private static unsafe partial uint libdeflate_crc32(uint before, byte* from, nuint length);
}

/// <summary>No compression: no block ever gets smaller, so all are stored uncompressed.</summary>
internal sealed class NoneCodec : ICodec
{
    public string Name => "none";

    public LevelRange Levels => new(0, 0, 0);

    public IBlockCompressor CreateCompressor(int level, int blockSize)
    {
        Levels.Check(level);
        return new Compressor();
    }

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => 0;

        public void Dispose()
        {
        }
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            written = 0;
            return false;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>A native context allocated by a codec; each codec defines how it is freed.</summary>
internal abstract class ContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public sealed override bool IsInvalid => handle == 0;

    /// <summary>Passes the handle through if the allocation succeeded.</summary>
    internal static T Allocated<T>(T handle)
        where T : ContextHandle =>
        handle.IsInvalid ? throw new CodecException("A codec could not allocate its context.") : handle;
}

using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>Codecs of the machine's static libraries, linked into the program: the fastest.</summary>
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

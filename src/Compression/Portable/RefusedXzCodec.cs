namespace CondaFuse.Compression.Portable;

/// <summary>xz, which no managed library writes and none of those here reads: a portable build says so.</summary>
internal sealed class RefusedXzCodec : ICodec
{
    private const string Reason = "it is compressed with xz, which a portable build of condafuse neither reads nor writes; a build with './install.sh' does both";

    public static CodecException Failure => new("a portable build of condafuse neither reads nor writes xz; a build with './install.sh' does both");

    public string Name => "xz";

    public string Refusal => Reason;

    public LevelRange Levels => new(0, 9, 6);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => throw Failure;

    public IBlockDecompressor CreateDecompressor() => throw Failure;
}

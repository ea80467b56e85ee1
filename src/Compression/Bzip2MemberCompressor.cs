using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>bzip2 streams. Bindings: <c>bzlib.h</c> 1.0.</summary>
/// <param name="level">1 to 9: hundreds of thousands of bytes in a block.</param>
internal sealed partial class Bzip2MemberCompressor(int level) : IBlockCompressor
{
    private const string Library = "libbz2";

    /// <summary><c>BZ_OK</c>, <c>BZ_OUTBUFF_FULL</c>.</summary>
    private const int Ok = 0, Full = -8;

    private readonly int _level = new LevelRange(1, 9, 9).Check(level);

    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte nothing = 0;
        var length = (uint)destination.Length;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            // libbz2 refuses null pointers, also for no bytes.
            var result = BZ2_bzBuffToBuffCompress(
                to is null ? &nothing : to, &length, from is null ? &nothing : from, (uint)source.Length, _level, verbosity: 0, workFactor: 0);
            return result switch
            {
                Ok => (int)length,
                Full => 0,
                _ => throw new CodecException($"libbz2 could not compress: error {result}."),
            };
        }
    }

    public void Dispose()
    {
    }

    [LibraryImport(Library)]
    private static unsafe partial int BZ2_bzBuffToBuffCompress(
        byte* destination, uint* length, byte* source, uint sourceLength, int level, int verbosity, int workFactor);
}

using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>bzip2 streams. Bindings: <c>bzlib.h</c> 1.0.</summary>
internal sealed partial class Bzip2Compressor(int level) : IBlockCompressor
{
    private const string Library = "libbz2";

    /// <summary><c>BZ_OK</c>.</summary>
    private const int Ok = 0;

    private readonly int _level = new LevelRange(1, 9, 9).Check(level);

    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte nothing = 0;
        var length = (uint)destination.Length;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = BZ2_bzBuffToBuffCompress(
                to, &length, from is null ? &nothing : from, (uint)source.Length, _level, verbosity: 0, workFactor: 0);
            return result == Ok ? (int)length : 0;
        }
    }

    public void Dispose()
    {
    }

    [LibraryImport(Library)]
    private static unsafe partial int BZ2_bzBuffToBuffCompress(
        byte* to, uint* toLength, byte* from, uint fromLength, int blockSize100k, int verbosity, int workFactor);
}

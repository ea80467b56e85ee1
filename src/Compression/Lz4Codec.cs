using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>
/// Raw lz4 blocks: level 1 uses the fast compressor, higher levels the high-compression one. Bindings: <c>lz4.h</c>, <c>lz4hc.h</c> 1.9.
/// </summary>
internal sealed partial class Lz4Codec : ICodec
{
    private const string Library = "liblz4";

    public string Name => "lz4";

    public LevelRange Levels => new(1, 12, 9);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => new Compressor(Levels.Check(level));

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor(int level) : IBlockCompressor
    {
        private readonly StateHandle _state = new(level == 1 ? LZ4_sizeofState() : LZ4_sizeofStateHC());

        public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                return level == 1
                    ? LZ4_compress_fast_extState(_state, from, to, source.Length, destination.Length, acceleration: 1)
                    : LZ4_compress_HC_extStateHC(_state, from, to, source.Length, destination.Length, level);
            }
        }

        public void Dispose() => _state.Dispose();
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var length = LZ4_decompress_safe(from, to, source.Length, destination.Length);
                written = Math.Max(length, 0);
                return length >= 0;
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed unsafe class StateHandle : ContextHandle
    {
        public StateHandle(int size) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)size));

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static partial int LZ4_sizeofState();

    [LibraryImport(Library)]
    private static partial int LZ4_sizeofStateHC();

    [LibraryImport(Library)]
    private static unsafe partial int LZ4_compress_fast_extState(
        StateHandle state, byte* from, byte* to, int length, int capacity, int acceleration);

    [LibraryImport(Library)]
    private static unsafe partial int LZ4_compress_HC_extStateHC(StateHandle state, byte* from, byte* to, int length, int capacity, int level);

    [LibraryImport(Library)]
    private static unsafe partial int LZ4_decompress_safe(byte* from, byte* to, int length, int capacity);
}

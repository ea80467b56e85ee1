using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>
/// xz streams with CRC32, which is all that the kernel's decoder checks, and a dictionary as long as a block, which is
/// all that it allocates. Bindings: <c>lzma/container.h</c>, <c>lzma/stream.h</c> 5.2 or later.
/// </summary>
internal sealed partial class XzCodec : ICodec
{
    private const string Library = "liblzma";

    /// <summary><c>LZMA_OK</c>.</summary>
    private const int Ok = 0;

    /// <summary><c>LZMA_CHECK_CRC32</c>.</summary>
    private const int CheckCrc32 = 1;

    /// <summary><c>LZMA_FILTER_LZMA2</c>.</summary>
    private const ulong Lzma2 = 0x21;

    /// <summary><c>LZMA_VLI_UNKNOWN</c>: ends a chain of filters.</summary>
    private const ulong EndOfFilters = ulong.MaxValue;

    /// <summary>More than any 1 MiB block needs, far less than a forged dictionary size asks for.</summary>
    private const ulong DecoderMemoryLimit = 16 << 20;

    public string Name => "xz";

    public LevelRange Levels => new(0, 9, 6);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => new Compressor(Levels.Check(level), blockSize);

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed unsafe class Compressor : IBlockCompressor
    {
        private readonly OptionsHandle _options;

        public Compressor(int level, int blockSize)
        {
            _options = new OptionsHandle();
            if (lzma_lzma_preset(_options.Pointer, (uint)level) != 0)
            {
                throw new CodecException($"liblzma was built without preset {level}.");
            }

            *(uint*)_options.Pointer = (uint)Math.Max(blockSize, 8192); // lzma_options_lzma.dict_size
        }

        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            var filters = stackalloc Filter[2];
            filters[0] = new Filter { Id = Lzma2, Options = _options.Pointer };
            filters[1] = new Filter { Id = EndOfFilters };
            nuint length = 0;
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var result = lzma_stream_buffer_encode(
                    filters, CheckCrc32, null, from, (nuint)source.Length, to, &length, (nuint)destination.Length);
                return result == Ok ? (int)length : 0;
            }
        }

        public void Dispose() => _options.Dispose();
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            var limit = DecoderMemoryLimit;
            nuint read = 0;
            nuint length = 0;
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var result = lzma_stream_buffer_decode(
                    &limit, 0, null, from, &read, (nuint)source.Length, to, &length, (nuint)destination.Length);
                written = result == Ok ? (int)length : 0;
                return result == Ok;
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A <c>lzma_options_lzma</c>, whose 112 bytes may grow in later versions.</summary>
    private sealed unsafe class OptionsHandle : ContextHandle
    {
        private const int Room = 512;

        public OptionsHandle() => SetHandle((nint)NativeMemory.AllocZeroed(Room));

        public void* Pointer => (void*)handle;

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    /// <summary><c>lzma_filter</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Filter
    {
        public ulong Id;
        public void* Options;
    }

    [LibraryImport(Library)]
    private static unsafe partial byte lzma_lzma_preset(void* options, uint preset);

    [LibraryImport(Library)]
    private static unsafe partial int lzma_stream_buffer_encode(
        Filter* filters, int check, void* allocator, byte* from, nuint length, byte* to, nuint* written, nuint capacity);

    [LibraryImport(Library)]
    private static unsafe partial int lzma_stream_buffer_decode(
        ulong* memoryLimit, uint flags, void* allocator, byte* from, nuint* read, nuint length, byte* to, nuint* written, nuint capacity);
}

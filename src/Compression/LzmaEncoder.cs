using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>Encodes xz streams of one block, with CRC32. Bindings: <c>lzma/container.h</c>, <c>lzma/lzma12.h</c> 5.2 or later.</summary>
internal sealed unsafe partial class LzmaEncoder : IDisposable
{
    /// <summary><c>LZMA_FILTER_X86</c>.</summary>
    public const ulong X86 = 4;

    private const string Library = "liblzma";

    /// <summary><c>LZMA_OK</c>.</summary>
    private const int Ok = 0;

    /// <summary><c>LZMA_CHECK_CRC32</c>.</summary>
    private const int CheckCrc32 = 1;

    /// <summary><c>LZMA_FILTER_LZMA2</c>.</summary>
    private const ulong Lzma2 = 0x21;

    /// <summary><c>LZMA_VLI_UNKNOWN</c>: the end of a filter chain.</summary>
    private const ulong EndOfFilters = ulong.MaxValue;

    private readonly OptionsHandle _options = new();

    /// <summary>An encoder of one of liblzma's presets.</summary>
    /// <param name="preset">0 to 9.</param>
    /// <param name="dictionarySize">Maximum distance of a match in bytes.</param>
    /// <param name="search">How to search for matches; null for the preset's method.</param>
    public LzmaEncoder(int preset, int dictionarySize, MatchSearch? search = null)
    {
        if (lzma_lzma_preset(_options.Pointer, (uint)preset) != 0)
        {
            throw new CodecException($"liblzma was built without preset {preset}.");
        }

        _options.Pointer->DictionarySize = (uint)dictionarySize;
        if (search is { } given)
        {
            _options.Pointer->MatchFinder = given.Finder == 0 ? _options.Pointer->MatchFinder : given.Finder;
            _options.Pointer->NiceLength = given.NiceLength;
            _options.Pointer->Depth = given.Depth;
        }
    }

    /// <summary>Encodes a block.</summary>
    /// <param name="source">The block.</param>
    /// <param name="destination">Receives the stream.</param>
    /// <param name="branchFilter">Id of a filter for machine code; 0 for none.</param>
    /// <returns>Length of the stream, or 0 if it does not fit.</returns>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> destination, ulong branchFilter)
    {
        var filters = stackalloc Filter[3];
        var count = 0;
        if (branchFilter != 0)
        {
            filters[count++] = new Filter { Id = branchFilter };
        }

        filters[count++] = new Filter { Id = Lzma2, Options = _options.Pointer };
        filters[count] = new Filter { Id = EndOfFilters };
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

    /// <summary>How to search for matches.</summary>
    /// <param name="Finder"><c>lzma_match_finder</c>; 0 for the preset's.</param>
    /// <param name="NiceLength">A match of this length is taken without searching for a longer one.</param>
    /// <param name="Depth">Maximum number of candidates.</param>
    public readonly record struct MatchSearch(uint Finder, uint NiceLength, uint Depth)
    {
        /// <summary><c>LZMA_MF_HC4</c>.</summary>
        public const uint HashChain4 = 4;
    }

    /// <summary>The used part of <c>lzma_options_lzma</c>, which has 112 bytes, and may grow in later versions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Options
    {
        public uint DictionarySize;
        public void* PresetDictionary;
        public uint PresetDictionarySize;
        public uint LiteralContext;
        public uint LiteralPosition;
        public uint Position;
        public uint Mode;
        public uint NiceLength;
        public uint MatchFinder;
        public uint Depth;
    }

    private sealed class OptionsHandle : ContextHandle
    {
        private const int Room = 512;

        public OptionsHandle() => SetHandle((nint)NativeMemory.AllocZeroed(Room));

        public Options* Pointer => (Options*)handle;

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    /// <summary><c>lzma_filter</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ulong Id;
        public void* Options;
    }

    [LibraryImport(Library)]
    private static partial byte lzma_lzma_preset(Options* options, uint preset);

    [LibraryImport(Library)]
    private static partial int lzma_stream_buffer_encode(
        Filter* filters, int check, void* allocator, byte* from, nuint length, byte* to, nuint* written, nuint capacity);
}

/// <summary>Filters that make machine code compress better, with the bits that SquashFS defines (<c>xz_wrapper.h</c>).</summary>
[Flags]
public enum XzFilters : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>x86 and x86-64.</summary>
    X86 = 1,

    /// <summary>PowerPC, big endian.</summary>
    PowerPc = 2,

    /// <summary>Itanium.</summary>
    Ia64 = 4,

    /// <summary>ARM, 32 bits.</summary>
    Arm = 8,

    /// <summary>ARM-Thumb.</summary>
    ArmThumb = 16,

    /// <summary>SPARC.</summary>
    Sparc = 32,
}

using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>
/// xz streams with CRC32, the only check that the kernel's decoder supports, and a dictionary no longer than a block, the most that it allocates.
/// Bindings: <c>lzma/container.h</c>, <c>lzma/stream.h</c> 5.2 or later.
/// </summary>
public sealed partial class XzCodec : ICodec
{
    private const string DictionaryOption = "dict-size";
    private const string FilterOption = "bcj";
    private const int SmallestDictionary = 8192;
    private const int LargestDictionary = 1 << 20;

    /// <summary>For a block, liblzma's presets 6 to 9 are equal. So level 6 can be changed to save time for large blocks.</summary>
    private const int UsualLevel = 6;

    private const string Library = "liblzma";

    /// <summary><c>LZMA_OK</c>.</summary>
    private const int Ok = 0;

    /// <summary>More than any 1 MiB block needs, and far less than a forged dictionary size would require.</summary>
    private const ulong DecoderMemoryLimit = 16 << 20;

    /// <summary>
    /// For blocks of 256 KiB of a Python environment: 0.55 of the preset's processor time, and 2.9 % larger, as much as they gain over blocks of 128
    /// KiB.
    /// </summary>
    private static readonly LzmaEncoder.MatchSearch Sooner = new(LzmaEncoder.MatchSearch.HashChain4, NiceLength: 20, Depth: 8);

    private static readonly (string Name, XzFilters Filter, ulong Id)[] KnownFilters =
    [
        ("x86", XzFilters.X86, LzmaEncoder.X86), ("powerpc", XzFilters.PowerPc, 5), ("ia64", XzFilters.Ia64, 6),
        ("arm", XzFilters.Arm, 7), ("armthumb", XzFilters.ArmThumb, 8), ("sparc", XzFilters.Sparc, 9),
    ];

    internal XzCodec(int? dictionarySize = null, XzFilters filters = XzFilters.None) => (DictionarySize, Filters) = (dictionarySize, filters);

    /// <summary>Maximum distance of a match in bytes; null for the length of a block.</summary>
    public int? DictionarySize { get; }

    /// <summary>Filters to try besides none; each block uses the one that makes it smallest.</summary>
    public XzFilters Filters { get; }

    /// <inheritdoc/>
    public string Name => "xz";

    /// <inheritdoc/>
    public LevelRange Levels => new(0, 9, UsualLevel);

    /// <inheritdoc/>
    public IReadOnlyList<CodecOption> Options =>
    [
        new(DictionaryOption, $"bytes, {SmallestDictionary} to the block size: a power of two, or 1.5 times one"),
        new(FilterOption, $"filters for machine code, separated by commas: {string.Join(", ", KnownFilters.Select(known => known.Name))}"),
    ];

    /// <inheritdoc/>
    public ICodec With(string option, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return option switch
        {
            DictionaryOption => new XzCodec(ParseDictionary(value), Filters),
            FilterOption => new XzCodec(DictionarySize, value.Split(',').Aggregate(XzFilters.None, (filters, name) => filters | ParseFilter(name))),
            _ => throw new ArgumentException($"xz has no option '{option}'", nameof(option)),
        };
    }

    /// <summary>This codec with the options of an image that will be continued.</summary>
    public static ICodec Create(int? dictionarySize, XzFilters filters) => new XzCodec(dictionarySize, filters);

    /// <inheritdoc/>
    public IBlockCompressor CreateCompressor(int level, int blockSize) =>
        new Compressor(
            Levels.Check(level), Math.Min(DictionarySize ?? int.MaxValue, Math.Max(blockSize, SmallestDictionary)), Filters,
            level == UsualLevel && blockSize == Codecs.LargeBlock ? Sooner : null);

    /// <inheritdoc/>
    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    /// <summary>The kernel's decoder accepts only these sizes (<c>xz_wrapper.c</c>).</summary>
    private static int ParseDictionary(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
        && size is >= SmallestDictionary and <= LargestDictionary
        && (BitOperations.IsPow2(size) || (size % 3 == 0 && BitOperations.IsPow2(size / 3)))
            ? size
            : throw new ArgumentException(
                $"'{value}' is not a valid {DictionaryOption}: {SmallestDictionary} to {LargestDictionary}, a power of two or 1.5 times one",
                nameof(value));

    private static XzFilters ParseFilter(string name) =>
        KnownFilters.FirstOrDefault(known => known.Name == name) is { Filter: not XzFilters.None } known
            ? known.Filter
            : throw new ArgumentException(
                $"'{name}' is not a {FilterOption} filter of xz: {string.Join(", ", KnownFilters.Select(each => each.Name))}", nameof(name));

    private sealed class Compressor : IBlockCompressor
    {
        private readonly LzmaEncoder _encoder;
        private readonly ulong[] _filters;
        private readonly byte[] _candidate;

        public Compressor(int level, int dictionarySize, XzFilters filters, LzmaEncoder.MatchSearch? search)
        {
            _filters = [.. KnownFilters.Where(known => filters.HasFlag(known.Filter)).Select(known => known.Id)];
            _candidate = _filters.Length == 0 ? [] : new byte[LargestDictionary];
            _encoder = new LzmaEncoder(level, dictionarySize, search);
        }

        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            var best = _encoder.Encode(source, destination, branchFilter: 0);
            foreach (var filter in _filters)
            {
                var room = Math.Min(best > 0 ? best - 1 : destination.Length, _candidate.Length);
                var length = _encoder.Encode(source, _candidate.AsSpan(0, room), filter);
                if (length > 0)
                {
                    _candidate.AsSpan(0, length).CopyTo(destination);
                    best = length;
                }
            }

            return best;
        }

        public void Dispose() => _encoder.Dispose();
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

    [LibraryImport(Library)]
    private static unsafe partial int lzma_stream_buffer_decode(
        ulong* memoryLimit, uint flags, void* allocator, byte* from, nuint* read, nuint length, byte* to, nuint* written, nuint capacity);
}

/// <summary>
/// Compresses members to xz streams of one block. Uses liblzma's preset of a level with a shorter search: the time saved outweighs the growth in
/// size, most of which the filter for machine code makes up for.
/// </summary>
/// <param name="level">0 to 9.</param>
/// <param name="branchFilter">Id of a filter for machine code; 0 for none.</param>
internal sealed class XzMemberCompressor(int level, ulong branchFilter) : IBlockCompressor
{
    private readonly LzmaEncoder _encoder = new(new LevelRange(0, 9, 6).Check(level), 1 << Dictionaries[level], SearchOf(level));

    /// <summary>
    /// Dictionaries of liblzma's presets 0 to 9, as shifts of one byte (<c>lzma_encoder_presets.c</c>); none is longer than the longest member.
    /// </summary>
    private static ReadOnlySpan<byte> Dictionaries => [18, 20, 21, 22, 22, 23, 23, 24, 25, 25];

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => _encoder.Encode(source, destination, branchFilter);

    public void Dispose() => _encoder.Dispose();

    /// <summary>
    /// At level 0 nearly all time goes into coding, at level 1 most of it, so the search makes little difference. The comments give time and size
    /// for a whole Python environment with the filter, relative to the preset without it.
    /// </summary>
    private static LzmaEncoder.MatchSearch? SearchOf(int level) => level switch
    {
        0 => null,
        1 => new(0, NiceLength: 128, Depth: 2), // 0.74, 1.02
        2 => new(0, NiceLength: 273, Depth: 6), // 0.63, 1.00
        3 => new(0, NiceLength: 128, Depth: 12), // 0.47, 0.99
        4 => new(LzmaEncoder.MatchSearch.HashChain4, NiceLength: 18, Depth: 6), // 0.66, 1.00
        5 => new(0, NiceLength: 20, Depth: 6), // 0.66, 1.02
        6 or 7 or 8 => new(0, NiceLength: 28, Depth: 8),
        _ => new(0, NiceLength: 40, Depth: 10),
    };
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>The parts of an environment's files that are read first, in order: their format, and how two lists are merged.</summary>
public static class FirstUseList
{
    /// <summary>Maximum number of bytes of content that a list covers.</summary>
    public const long MaxBytes = 96L << 20;

    /// <summary>Maximum number of ranges in a list.</summary>
    public const int MaxRanges = 8192;

    internal const ulong Magic = 0x1A75_4661_646E_6F43; // "CondaFu" 0x1A
    internal const uint Version = 1;
    private const int LongestPath = 4095;

    /// <summary>Parses a list; null if it is damaged, too long, or of an unknown version.</summary>
    public static IReadOnlyList<UsedRange>? TryParse(ReadOnlyMemory<byte> file)
    {
        if (!MemoryMarshal.TryRead(file.Span, out RawFirstUseHeader header) || header is not { Magic: Magic, Version: Version, Count: <= MaxRanges })
        {
            return null;
        }

        var rest = file[Unsafe.SizeOf<RawFirstUseHeader>()..];
        if (header.Length != rest.Length || header.Checksum != Crc32C.Of(rest.Span))
        {
            return null;
        }

        var ranges = new List<UsedRange>((int)header.Count);
        var bytes = 0L;
        for (var path = ReadOnlyMemory<byte>.Empty; ranges.Count < header.Count; bytes += ranges[^1].Length)
        {
            if (!TryTake(ref rest, ref path, out var range))
            {
                return null;
            }

            ranges.Add(range);
        }

        return rest.IsEmpty && bytes <= MaxBytes ? ranges : null;
    }

    /// <summary>Formats a list; one that is too long is truncated.</summary>
    public static byte[] Format(IReadOnlyList<UsedRange> ranges)
    {
        var (count, length) = Fitting(ranges);
        var file = new byte[Unsafe.SizeOf<RawFirstUseHeader>() + length];
        var at = file.AsSpan(Unsafe.SizeOf<RawFirstUseHeader>());
        for (var index = 0; index < count; index++)
        {
            var path = IsRepeated(ranges, index) ? [] : ranges[index].Path.Span;
            MemoryMarshal.Write(
                at,
                new RawFirstUseRange { Offset = (ulong)ranges[index].Offset, Length = (uint)ranges[index].Length, PathLength = (ushort)path.Length });
            at = at[Unsafe.SizeOf<RawFirstUseRange>()..];
            path.CopyTo(at);
            at = at[path.Length..];
        }

        MemoryMarshal.Write(file.AsSpan(), new RawFirstUseHeader
        {
            Magic = Magic, Version = Version, Count = (uint)count, Length = (uint)length,
            Checksum = Crc32C.Of(file.AsSpan(Unsafe.SizeOf<RawFirstUseHeader>())),
        });
        return file;
    }

    /// <summary>
    /// Adds the ranges that a later mount read as well. Prefetched ranges are not read again, so nothing is removed. But if the list would become
    /// too long, it starts over.
    /// </summary>
    /// <param name="known">The list.</param>
    /// <param name="later">The ranges that were read later, in order.</param>
    public static IReadOnlyList<UsedRange> Merge(IReadOnlyList<UsedRange> known, IReadOnlyList<UsedRange> later)
    {
        var covered = new Dictionary<string, List<UsedRange>>(StringComparer.Ordinal);
        foreach (var range in known)
        {
            var key = Encoding.Latin1.GetString(range.Path.Span);
            (covered.TryGetValue(key, out var list) ? list : covered[key] = []).Add(range);
        }

        List<UsedRange> merged = [.. known];
        foreach (var range in later)
        {
            var pieces = covered.TryGetValue(Encoding.Latin1.GetString(range.Path.Span), out var list) ? Without(range, list) : [range];
            merged.AddRange(pieces);
        }

        return merged.Count <= MaxRanges && merged.Sum(range => range.Length) <= MaxBytes ? merged : later;
    }

    /// <summary>The parts of a range that no other range of the same file covers.</summary>
    private static List<UsedRange> Without(UsedRange range, List<UsedRange> others)
    {
        List<UsedRange> left = [range];
        foreach (var other in others)
        {
            var (start, end) = (other.Offset, other.Offset + other.Length);
            left = [.. left.SelectMany(piece => new[]
            {
                piece with { Length = Math.Min(piece.Length, start - piece.Offset) },
                piece with { Offset = Math.Max(piece.Offset, end), Length = piece.Offset + piece.Length - Math.Max(piece.Offset, end) },
            }).Where(piece => piece.Length > 0)];
        }

        return left;
    }

    private static bool TryTake(ref ReadOnlyMemory<byte> rest, ref ReadOnlyMemory<byte> path, out UsedRange range)
    {
        range = default;
        if (!MemoryMarshal.TryRead(rest.Span, out RawFirstUseRange raw))
        {
            return false;
        }

        rest = rest[Unsafe.SizeOf<RawFirstUseRange>()..];
        if (raw.PathLength > rest.Length)
        {
            return false;
        }

        path = raw.PathLength > 0 ? rest[..raw.PathLength] : path;
        rest = rest[raw.PathLength..];
        range = new UsedRange(path, (long)raw.Offset, raw.Length);
        return raw.Length > 0 && raw.Offset <= (ulong)(long.MaxValue - raw.Length) && IsPath(path.Span);
    }

    private static bool IsPath(ReadOnlySpan<byte> path)
    {
        if (path.Length is 0 or > LongestPath)
        {
            return false;
        }

        foreach (var component in path.Split((byte)'/'))
        {
            if (!EntryName.IsValid(path[component]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many ranges fit into a list, and their length in the file.</summary>
    private static (int Count, int Length) Fitting(IReadOnlyList<UsedRange> ranges)
    {
        var (count, length, bytes) = (0, 0, 0L);
        for (; count < Math.Min(ranges.Count, MaxRanges) && bytes + ranges[count].Length <= MaxBytes; count++)
        {
            bytes += ranges[count].Length;
            length += Unsafe.SizeOf<RawFirstUseRange>() + (IsRepeated(ranges, count) ? 0 : ranges[count].Path.Length);
        }

        return (count, length);
    }

    private static bool IsRepeated(IReadOnlyList<UsedRange> ranges, int index) =>
        index > 0 && ranges[index].Path.Span.SequenceEqual(ranges[index - 1].Path.Span);
}

/// <summary>The header of a list of first uses (docs/formats.md, "Lists of first uses").</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFirstUseHeader
{
    /// <summary><see cref="FirstUseList.Magic"/>.</summary>
    public ulong Magic;

    /// <summary>1.</summary>
    public uint Version;

    /// <summary>Number of ranges: 0 to <see cref="FirstUseList.MaxRanges"/>.</summary>
    public uint Count;

    /// <summary>Length of all ranges in bytes: they extend to the end of the file.</summary>
    public uint Length;

    /// <summary>CRC32C of the ranges.</summary>
    public uint Checksum;
}

/// <summary>One range of a list; the bytes of its path follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFirstUseRange
{
    /// <summary>Start of the range in the file, in bytes.</summary>
    public ulong Offset;

    /// <summary>Length in bytes: at least 1.</summary>
    public uint Length;

    /// <summary>Length of the path in bytes: 1 to 4095; 0 for the same path as the previous range.</summary>
    public ushort PathLength;
}

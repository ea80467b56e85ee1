using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Relocation;

/// <summary>
/// A <see cref="PrefixTable"/> as bytes (docs/formats.md, "Prefix tables"). The bytes are untrusted: limits bound the memory that they take,
/// and whether an entry fits its file is checked where it is used.
/// </summary>
public static class PrefixTableFormat
{
    /// <summary>Longest list in bytes.</summary>
    public const int LongestFile = 64 << 20;

    private const ulong Magic = 0x0450_6566_6E6F_431A; // 0x1A "ConfeP" 4
    private const int HeaderBytes = sizeof(ulong) + sizeof(uint);
    private const int MaxEntries = 1 << 18;

    /// <summary>Number of positions, strings and digests in all entries.</summary>
    private const int MaxParts = 1 << 21;

    /// <summary>Longest path in bytes.</summary>
    public const int LongestPath = 4095;

    /// <summary>How many <see cref="PrefixTable.WithoutPrefix"/> are kept at most.</summary>
    public const int MaxWithoutPrefix = 1024;

    /// <summary>Whether a table is within the limits, so that it can be read again.</summary>
    public static bool IsWithinLimits(PrefixTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var parts = table.Entries.Sum(entry => (long)entry.Spots.Spots.Count + (entry.Spots.Strings?.Count ?? 0) + (entry.Spots.Counted?.Count ?? 0))
            + table.Digests.Sum(record => (long)record.Spots.Count);
        return table.Entries.Count <= MaxEntries && table.Digests.Count <= MaxEntries && parts <= MaxParts;
    }

    /// <summary>The bytes of a table.</summary>
    public static byte[] Format(PrefixTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var body = new ArrayBufferWriter<byte>();
        Write(body, table.Metadata);
        Write(body, table.HasMark ? 1u : 0u);
        Write(body, (ulong)table.Prefixes.Count);
        foreach (var prefix in table.Prefixes)
        {
            Write(body, prefix.Span);
        }

        Write(body, (ulong)table.Known);
        Write(body, (ulong)table.Entries.Count);
        foreach (var entry in table.Entries)
        {
            Write(body, entry);
        }

        Write(body, (ulong)table.Digests.Count);
        foreach (var record in table.Digests)
        {
            Write(body, record.Inode);
            Write(body, (ulong)record.Size);
            Write(body, (ulong)record.Spots.Count);
            foreach (var spot in record.Spots)
            {
                Write(body, (ulong)spot.Offset);
                Write(body, spot.File);
            }
        }

        Write(body, table.WithoutPrefix is { } without ? (ulong)without.Count + 1 : 0);
        foreach (var path in table.WithoutPrefix ?? [])
        {
            Write(body, Encoding.UTF8.GetBytes(path));
        }

        var file = new byte[HeaderBytes + body.WrittenCount];
        BinaryPrimitives.WriteUInt64LittleEndian(file, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(sizeof(ulong)), Crc32C.Of(body.WrittenSpan));
        body.WrittenSpan.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }

    /// <summary>Parses a table; null if it is damaged, or of another version.</summary>
    public static PrefixTable? TryParse(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt64LittleEndian(file) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(file[sizeof(ulong)..]) != Crc32C.Of(file[HeaderBytes..]))
        {
            return null;
        }

        var cursor = new Cursor(file[HeaderBytes..]);
        var head = ReadHead(ref cursor);
        var entries = new List<PrefixEntry>();
        for (var left = cursor.Number(MaxEntries); left > 0 && !cursor.IsBroken; left--)
        {
            entries.Add(ReadEntry(ref cursor));
        }

        var digests = new List<PrefixDigests>();
        for (var left = cursor.Number(MaxEntries); left > 0 && !cursor.IsBroken; left--)
        {
            digests.Add(ReadDigests(ref cursor));
        }

        var count = cursor.Number(MaxWithoutPrefix + 1);
        List<string>? without = count == 0 ? null : [];
        for (; count > 1 && !cursor.IsBroken; count--)
        {
            without!.Add(Encoding.UTF8.GetString(cursor.Bytes(LongestPath).Span));
        }

        return cursor is { IsBroken: false, IsAtEnd: true } ? head with { Entries = entries, Digests = digests, WithoutPrefix = without } : null;
    }

    /// <summary>Parses what a table says before its entries; its checksum is not compared.</summary>
    /// <param name="start">The first bytes of the table.</param>
    /// <returns>A table without entries; null if it is of another version, or these bytes are not enough.</returns>
    public static PrefixTable? TryParseHead(ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderBytes || BinaryPrimitives.ReadUInt64LittleEndian(start) != Magic)
        {
            return null;
        }

        var cursor = new Cursor(start[HeaderBytes..]);
        return ReadHead(ref cursor) is var head && !cursor.IsBroken ? head : null;
    }

    private static PrefixTable ReadHead(ref Cursor cursor)
    {
        var (metadata, hasMark) = (cursor.Number(ulong.MaxValue), cursor.Number(1) == 1);
        var prefixes = new List<ReadOnlyMemory<byte>>();
        for (var left = cursor.Number(byte.MaxValue); left > 0 && !cursor.IsBroken; left--)
        {
            var prefix = cursor.Bytes(PrefixMark.LongestPrefix);
            prefixes.Add(prefix);
            cursor.Break(!PrefixMark.IsPrefix(prefix.Span));
        }

        return new PrefixTable(prefixes, [], metadata, hasMark) { Known = (int)cursor.Number((ulong)prefixes.Count) };
    }

    private static PrefixDigests ReadDigests(ref Cursor cursor)
    {
        var (inode, size) = (cursor.Number(ulong.MaxValue), (long)cursor.Number(int.MaxValue));
        var spots = new List<DigestSpot>();
        for (var left = cursor.Count(MaxEntries); left > 0 && !cursor.IsBroken; left--)
        {
            spots.Add(new DigestSpot((int)cursor.Number(int.MaxValue), cursor.Number(ulong.MaxValue)));
        }

        return new PrefixDigests(inode, size, spots);
    }

    private static void Write(ArrayBufferWriter<byte> body, PrefixEntry entry)
    {
        Write(body, entry.Inode);
        Write(body, entry.Kind == EntryKind.Symlink ? 1u : 0u);
        Write(body, (ulong)entry.Prefix);
        Write(body, (ulong)entry.Size);
        Write(body, Encoding.UTF8.GetBytes(entry.Path));
        Write(body, entry.Source);
        if (entry.Kind == EntryKind.Symlink)
        {
            Write(body, entry.Directory);
            Write(body, entry.Name.Span);
        }

        var spots = entry.Spots;
        Write(body, (ulong)spots.ShebangProgram);
        Write(body, (ulong)spots.ShebangEnd);
        Write(body, (ulong)spots.Spots.Count);
        foreach (var spot in spots.Spots)
        {
            Write(body, (ulong)spot.Offset);
            Write(body, (ulong)spot.Form);
        }

        Write(body, spots.Strings is null ? 0 : (ulong)spots.Strings.Count + 1);
        foreach (var text in spots.Strings ?? [])
        {
            Write(body, (ulong)text.Count);
            Write(body, (ulong)text.End);
            Write(body, (ulong)text.Room);
        }

        Write(body, spots.Counted is null ? 0 : (ulong)spots.Counted.Count + 1);
        foreach (var text in spots.Counted ?? [])
        {
            Write(body, (ulong)text.Count);
            Write(body, (ulong)text.TypeAt);
            Write(body, text.Type);
            Write(body, (ulong)text.HeadLength);
            Write(body, (ulong)text.Length);
        }
    }

    private static PrefixEntry ReadEntry(ref Cursor cursor)
    {
        var inode = cursor.Number(ulong.MaxValue);
        var kind = cursor.Number(1) == 1 ? EntryKind.Symlink : EntryKind.File;
        var (prefix, size) = ((int)cursor.Number(byte.MaxValue), (long)cursor.Number(int.MaxValue));
        var path = Encoding.UTF8.GetString(cursor.Bytes(LongestPath).Span);
        var source = cursor.Number(ulong.MaxValue);
        var directory = kind == EntryKind.Symlink ? cursor.Number(ulong.MaxValue) : 0;
        var name = kind == EntryKind.Symlink ? cursor.Bytes(EntryName.MaxLength) : default;
        var (program, end) = ((int)cursor.Number(int.MaxValue), (int)cursor.Number(int.MaxValue));
        var spots = new List<PrefixSpot>();
        for (var left = cursor.Count(PrefixFinder.MaxSpots); left > 0 && !cursor.IsBroken; left--)
        {
            spots.Add(new PrefixSpot((int)cursor.Number(int.MaxValue), (PrefixForm)cursor.Number(byte.MaxValue)));
        }

        var strings = ReadStrings(ref cursor);
        var counted = ReadCounted(ref cursor);
        return new PrefixEntry(inode, kind, prefix, size, path)
        {
            Spots = new PrefixSpots { Spots = spots, Strings = strings, Counted = counted, ShebangProgram = program, ShebangEnd = end },
            Source = source,
            Directory = directory,
            Name = name,
        };
    }

    private static List<PrefixString>? ReadStrings(ref Cursor cursor)
    {
        var left = cursor.Count(PrefixFinder.MaxSpots + 1);
        List<PrefixString>? strings = left == 0 ? null : [];
        for (; left > 1 && !cursor.IsBroken; left--)
        {
            var (count, end) = ((int)cursor.Number(PrefixFinder.MaxSpots), (int)cursor.Number(int.MaxValue));
            strings!.Add(new PrefixString(count, end, (int)cursor.Number(int.MaxValue)));
        }

        return strings;
    }

    private static List<CountedString>? ReadCounted(ref Cursor cursor)
    {
        var left = cursor.Count(PrefixFinder.MaxSpots + 1);
        List<CountedString>? strings = left == 0 ? null : [];
        for (; left > 1 && !cursor.IsBroken; left--)
        {
            var (count, at, type) = ((int)cursor.Number(PrefixFinder.MaxSpots), (int)cursor.Number(int.MaxValue), (byte)cursor.Number(byte.MaxValue));
            strings!.Add(new CountedString(count, at, type, (int)cursor.Number(byte.MaxValue), (int)cursor.Number(int.MaxValue)));
        }

        return strings;
    }

    private static void Write(ArrayBufferWriter<byte> body, ReadOnlySpan<byte> bytes)
    {
        Write(body, (ulong)bytes.Length);
        body.Write(bytes);
    }

    /// <summary>Seven bits per byte, the lowest first.</summary>
    private static void Write(ArrayBufferWriter<byte> body, ulong number)
    {
        const int bits = 7;
        const byte more = 0x80;
        for (; number >= more; number >>= bits)
        {
            body.Write([(byte)(number | more)]);
        }

        body.Write([(byte)number]);
    }

    /// <summary>Reads fields in order; a missing or too large field makes all later reads fail.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;
        private ulong _parts;

        public bool IsBroken { get; private set; }

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public ulong Number(ulong highest)
        {
            const int bits = 7;
            var number = 0UL;
            for (var (shift, at) = (0, 0); shift < 64 && at < _rest.Length; shift += bits, at++)
            {
                number |= (ulong)(_rest[at] & 0x7F) << shift;
                if (_rest[at] < 0x80)
                {
                    _rest = _rest[(at + 1)..];
                    IsBroken |= number > highest;
                    return IsBroken ? 0 : number;
                }
            }

            IsBroken = true;
            return 0;
        }

        /// <summary>A number of parts that follow, of which all entries together have a limited number.</summary>
        public ulong Count(ulong highest)
        {
            var count = Number(highest);
            _parts += count;
            IsBroken |= _parts > MaxParts + MaxEntries;
            return IsBroken ? 0 : count;
        }

        public void Break(bool isWrong) => IsBroken |= isWrong;

        public ReadOnlyMemory<byte> Bytes(int longest)
        {
            var length = (int)Number((ulong)longest);
            if (length > _rest.Length)
            {
                IsBroken = true;
                return default;
            }

            var bytes = _rest[..length].ToArray();
            _rest = _rest[length..];
            return bytes;
        }
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>Writes the headers of tar entries: ustar, preceded by pax records where needed, and nothing that differs from run to run.</summary>
internal sealed class TarHeaderWriter(CompressedOutput output)
{
    public const int BlockBytes = 512;
    private const int LongestName = 100;
    private const int LongestPrefix = 155;

    /// <summary>Largest numbers in fields of 8 and 12 bytes: 7 and 11 octal digits.</summary>
    private const long LargestId = (1L << 21) - 1, LargestNumber = (1L << 33) - 1;

    /// <summary>The checksum field counts as this while the checksum is computed.</summary>
    private const int ChecksumBlanks = 8 * ' ';

    public void Write(in TarEntry entry)
    {
        var attributes = entry.Attributes;
        var pax = new PaxRecords();
        var (prefix, name) = Split(entry.Path);
        if (name.Length == 0)
        {
            pax.AddName("path", entry.Path);
            name = entry.Path.AsSpan(0, LongestName);
        }

        var target = entry.LinkTarget.AsSpan();
        if (target.Length > LongestName)
        {
            pax.AddName("linkpath", target);
            target = target[..LongestName];
        }

        var seconds = attributes.Modified.Seconds;
        if (seconds is < 0 or > LargestNumber || attributes.Modified.Nanoseconds != 0)
        {
            pax.Add("mtime", Encoding.ASCII.GetBytes(Decimal(attributes.Modified)));
        }

        AddIfLarger(pax, "size", entry.Size, LargestNumber);
        AddIfLarger(pax, "uid", attributes.UserId, LargestId);
        AddIfLarger(pax, "gid", attributes.GroupId, LargestId);
        if (!pax.IsEmpty)
        {
            Write(TarEntryType.Extended, [], "PaxHeader"u8, [], new TarEntry(TarEntryType.Extended, [], [], pax.Encoded.Length, attributes));
            output.Write(pax.Encoded);
            Pad(pax.Encoded.Length);
        }

        Write(entry.Type, prefix, name, target, entry);
    }

    /// <summary>Fills up the last block of the content.</summary>
    public void Pad(long length) => output.WriteZeros((int)(-length & (BlockBytes - 1)));

    /// <summary>Writes the end of the archive: two empty blocks, and padding to tar's usual record size.</summary>
    public void WriteEnd()
    {
        const int record = 20 * BlockBytes;
        output.WriteZeros(2 * BlockBytes);
        output.WriteZeros((int)((record - (output.Length % record)) % record));
    }

    private unsafe void Write(TarEntryType type, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in TarEntry entry)
    {
        var attributes = entry.Attributes;
        var header = default(RawTarHeader);
        name.CopyTo(new Span<byte>(header.Name, LongestName));
        prefix.CopyTo(new Span<byte>(header.Prefix, LongestPrefix));
        target.CopyTo(new Span<byte>(header.LinkName, LongestName));
        "ustar\000"u8.CopyTo(new Span<byte>(header.Magic, 8));
        header.Type = (byte)type;
        PutOctal(new Span<byte>(header.Mode, 8), attributes.Permissions);
        PutOctal(new Span<byte>(header.UserId, 8), Math.Min(attributes.UserId, LargestId));
        PutOctal(new Span<byte>(header.GroupId, 8), Math.Min(attributes.GroupId, LargestId));
        PutOctal(new Span<byte>(header.Size, 12), Math.Min(entry.Size, LargestNumber));
        PutOctal(new Span<byte>(header.Modified, 12), Math.Clamp(attributes.Modified.Seconds, 0, LargestNumber));
        if (type is TarEntryType.BlockDevice or TarEntryType.CharacterDevice)
        {
            PutOctal(new Span<byte>(header.DeviceMajor, 8), Math.Min(attributes.DeviceMajor, LargestId));
            PutOctal(new Span<byte>(header.DeviceMinor, 8), Math.Min(attributes.DeviceMinor, LargestId));
        }

        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref header, 1));
        var sum = ChecksumBlanks;
        foreach (var unit in bytes)
        {
            sum += unit;
        }

        // Six digits, a NUL and a space, as in tar's traditional format.
        PutOctal(new Span<byte>(header.Checksum, 7), sum);
        header.Checksum[7] = (byte)' ';
        output.Write(bytes);
    }

    /// <summary>Splits a path at a slash so that the parts fit into the two fields for it. The name is empty if that is impossible.</summary>
    private static Parts Split(ReadOnlySpan<byte> path)
    {
        if (path.Length <= LongestName)
        {
            return new Parts([], path);
        }

        // At the last slash that leaves a name, with the longest possible prefix.
        var cut = path[..Math.Min(path.Length - 1, LongestPrefix + 1)].LastIndexOf((byte)'/');
        return cut > 0 && path.Length - cut - 1 <= LongestName ? new Parts(path[..cut], path[(cut + 1)..]) : default;
    }

    private static void AddIfLarger(PaxRecords pax, string key, long value, long largest)
    {
        if (value > largest)
        {
            pax.Add(key, value);
        }
    }

    private static void PutOctal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
        {
            field[i] = (byte)('0' + (value & 7));
        }
    }

    /// <summary>Seconds with a fraction; times before 1970 are counted from zero too.</summary>
    private static string Decimal(Timestamp time)
    {
        const int perSecond = 1_000_000_000;
        var (seconds, fraction) = time is { Seconds: < 0, Nanoseconds: > 0 }
            ? (time.Seconds + 1, perSecond - time.Nanoseconds)
            : (time.Seconds, time.Nanoseconds);
        var sign = time.Seconds < 0 && seconds == 0 ? "-" : "";
        return fraction == 0
            ? seconds.ToString(CultureInfo.InvariantCulture)
            : $"{sign}{seconds}.{fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}";
    }

    private readonly ref struct Parts(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name)
    {
        private readonly ReadOnlySpan<byte> _prefix = prefix;
        private readonly ReadOnlySpan<byte> _name = name;

        public void Deconstruct(out ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> name)
        {
            prefix = _prefix;
            name = _name;
        }
    }
}

/// <summary>The header block of a tar entry: "ustar Interchange Format", POSIX.1-2017, pax. Numbers are octal digits followed by a NUL.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct RawTarHeader
{
    public fixed byte Name[100];
    public fixed byte Mode[8];
    public fixed byte UserId[8];
    public fixed byte GroupId[8];
    public fixed byte Size[12];
    public fixed byte Modified[12];
    public fixed byte Checksum[8];
    public byte Type;
    public fixed byte LinkName[100];
    public fixed byte Magic[8];
    public fixed byte UserName[32];
    public fixed byte GroupName[32];
    public fixed byte DeviceMajor[8];
    public fixed byte DeviceMinor[8];
    public fixed byte Prefix[155];
    public fixed byte Padding[12];
}

/// <summary>Attributes that do not fit into a header: "pax Extended Header", POSIX.1-2017. Each has the form <c>LENGTH KEY=VALUE\n</c>.</summary>
internal sealed class PaxRecords
{
    private readonly List<byte> _records = [];

    public bool IsEmpty => _records.Count == 0;

    public ReadOnlySpan<byte> Encoded => CollectionsMarshal.AsSpan(_records);

    public void Add(string key, long value) => Add(key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Adds a name: as text if it is valid UTF-8, otherwise as bytes marked as binary.</summary>
    public void AddName(string key, ReadOnlySpan<byte> name)
    {
        if (!Utf8.IsValid(name))
        {
            Add("hdrcharset", "BINARY"u8);
        }

        Add(key, name);
    }

    public void Add(string key, ReadOnlySpan<byte> value)
    {
        // The length includes its own digits.
        var rest = key.Length + value.Length + " =\n".Length;
        var length = rest + 1;
        while (rest + Digits(length) != length)
        {
            length = rest + Digits(length);
        }

        _records.AddRange(Encoding.ASCII.GetBytes($"{length} {key}="));
        _records.AddRange(value);
        _records.Add((byte)'\n');
    }

    private static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;
}

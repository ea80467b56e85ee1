using System.Runtime.InteropServices;
using System.Text.Unicode;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Writes headers: one before each entry, and all of them again at the end.</summary>
/// <param name="output">The archive.</param>
/// <param name="changeTimes">Whether to keep the times of attribute changes.</param>
/// <param name="allowsWide">Whether 64-bit sizes may be used.</param>
internal sealed class EntryOutput(NewFile output, bool changeTimes, bool allowsWide)
{
    /// <summary>Compression may expand an entry of this length beyond 32 bits.</summary>
    private const long MayBeWide = 0xF000_0000;

    private readonly ExtraFields _extra = new(changeTimes);

    /// <summary>Writes the header before an entry's content. <see cref="Complete"/> adds what is not known yet.</summary>
    public void Begin(PlannedEntry entry)
    {
        entry.Header = output.Position;
        output.Append(Encode(entry));
        entry.Content = output.Position;
    }

    /// <summary>Writes an entry's sizes and checksum into its header.</summary>
    public void Complete(PlannedEntry entry) => output.WriteAt(entry.Header, Encode(entry));

    /// <summary>Writes the central directory's record of an entry.</summary>
    public void AppendCentral(PlannedEntry entry, ArrayBuffer directory)
    {
        _extra.Begin(entry);
        _extra.AddOwn(entry);
        Span<long> wide = stackalloc long[3];
        var count = 0;
        var raw = new RawCentralHeader
        {
            Signature = ZipFormat.CentralSignature,
            MadeBy = (ZipFormat.HostUnix << 8) | ZipFormat.Version,
            Flags = FlagsOf(entry),
            Method = (ushort)entry.Method,
            Crc = entry.Crc,
            Size = Narrow(entry.Size, wide, ref count),
            StoredBytes = Narrow(entry.StoredBytes, wide, ref count),
            LocalOffset = Narrow(entry.Header, wide, ref count),
            NameLength = (ushort)entry.Name.Length,
            ExternalAttributes = ExternalAttributes(entry),
        };
        if (count > 0)
        {
            Demand(allowsWide, entry);
            _extra.AddWide(wide[..count]);
        }

        raw.Needed = Needed(entry, count > 0);
        (raw.Date, raw.Time) = DosStamp.Of(entry.Attributes.Modified.Seconds);
        raw.ExtraLength = (ushort)_extra.Written.Length;
        directory.Append(raw);
        directory.Append(entry.Name);
        directory.Append(_extra.Written);
    }

    private byte[] Encode(PlannedEntry entry)
    {
        var isWide = entry.Size >= MayBeWide || entry.StoredBytes >= MayBeWide;
        _extra.Begin(entry);
        if (isWide)
        {
            Demand(allowsWide, entry);
            _extra.AddWide(entry.Size, entry.StoredBytes);
        }

        var raw = new RawLocalHeader
        {
            Signature = ZipFormat.LocalSignature,
            Needed = Needed(entry, isWide),
            Flags = FlagsOf(entry),
            Method = (ushort)entry.Method,
            Crc = entry.Crc,
            Size = isWide ? ZipFormat.In64 : (uint)entry.Size,
            StoredBytes = isWide ? ZipFormat.In64 : (uint)entry.StoredBytes,
            NameLength = (ushort)entry.Name.Length,
            ExtraLength = (ushort)_extra.Written.Length,
        };
        (raw.Date, raw.Time) = DosStamp.Of(entry.Attributes.Modified.Seconds);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<RawLocalHeader>(in raw)), .. entry.Name, .. _extra.Written];
    }

    private static uint Narrow(long value, Span<long> wide, ref int count)
    {
        if (value < ZipFormat.In64)
        {
            return (uint)value;
        }

        wide[count++] = value;
        return ZipFormat.In64;
    }

    private static ushort FlagsOf(PlannedEntry entry) =>
        entry.IsKept
            ? entry.MethodFlags
            : (ushort)(
                entry.MethodFlags
                    | (entry.Name.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)127) && Utf8.IsValid(entry.Name) ? ZipFormat.Utf8Flag : 0));

    private static ushort Needed(PlannedEntry entry, bool isWide) => (ushort)(entry.Method switch
    {
        ZipMethod.Stored or ZipMethod.Deflate when isWide => ZipFormat.Needs64,
        ZipMethod.Stored when entry.Kind != EntryKind.Directory => ZipFormat.NeedsStored,
        ZipMethod.Stored or ZipMethod.Deflate => ZipFormat.NeedsDeflate,
        ZipMethod.Bzip2 => ZipFormat.NeedsBzip2,
        _ => ZipFormat.NeedsOther,
    });

    private static uint ExternalAttributes(PlannedEntry entry)
    {
        var attributes = (uint)(UnixMode.TypeOf(entry.Kind) | entry.Attributes.Permissions) << 16;
        attributes |= entry.Kind == EntryKind.Directory ? ZipFormat.DosDirectory : 0;
        return attributes | (entry.IsHardLink ? ZipFormat.HardLinkAttribute : 0);
    }

    private static void Demand(bool condition, PlannedEntry entry)
    {
        if (!condition)
        {
            throw new TreeException(TreeFailure.Unsupported, $"{entry.Path}: it needs 64-bit sizes (zip64), which were not to be used.");
        }
    }
}

/// <summary>MS-DOS times: a resolution of two seconds, 1980 to 2107; in UTC, so that the same tree gives the same archive everywhere.</summary>
internal static class DosStamp
{
    private const long First = 315_532_800, Last = 4_354_819_198;

    /// <summary>The nearest possible time.</summary>
    public static (ushort Date, ushort Time) Of(long seconds)
    {
        var time = DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, First, Last));
        var date = ((time.Year - 1980) << 9) | (time.Month << 5) | time.Day;
        return ((ushort)date, (ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2)));
    }
}

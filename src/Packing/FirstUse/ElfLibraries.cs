using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace CondaFuse.Packing.FirstUse;

/// <summary>
/// The libraries that a program or library is linked with, from its dynamic section (System V ABI, "Dynamic Linking"). Only 64-bit little-endian
/// files are read; others, and damaged ones, count as linked with none.
/// </summary>
internal static class ElfLibraries
{
    private const uint Magic = 0x464C_457F; // 0x7F "ELF"
    private const ushort Is64BitLittleEndian = 0x0102;
    private const uint Loaded = 1, Dynamic = 2;
    private const ulong Needed = 1, Strings = 5;
    private const int MostSegments = 128;
    private const int LongestSection = 64 << 10;
    private const int LongestName = 256;

    /// <summary>Names such as <c>libz.so.1</c>, in the order in which they are loaded.</summary>
    /// <param name="read">Reads bytes from an offset; fewer at the end of the file.</param>
    public static IEnumerable<string> Of(Func<long, int, byte[]> read)
    {
        if (!MemoryMarshal.TryRead(read(0, Unsafe.SizeOf<RawElfHeader>()), out RawElfHeader header)
            || header is not { Magic: Magic, Class: Is64BitLittleEndian, SegmentCount: <= MostSegments })
        {
            return [];
        }

        var segments = Read<RawElfSegment>(read, header.Segments, header.SegmentCount * Unsafe.SizeOf<RawElfSegment>());
        var section = Array.Find(segments, segment => segment.Type == Dynamic);
        var entries = Read<RawElfDynamic>(read, section.Offset, (int)Math.Min(section.FileLength, LongestSection));
        var strings = Array.Find(entries, entry => entry.Tag == Strings).Value;
        var holder = Array.Find(
            segments, segment => segment.Type == Loaded && strings >= segment.Address && strings - segment.Address < segment.FileLength);
        return entries.Where(entry => entry.Tag == Needed && holder.Type == Loaded)
            .Select(entry => NameAt(read, unchecked(holder.Offset + (strings - holder.Address) + entry.Value)))
            .Where(name => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal));
    }

    private static T[] Read<T>(Func<long, int, byte[]> read, ulong offset, int length)
        where T : unmanaged
    {
        var bytes = offset <= long.MaxValue ? read((long)offset, length) : [];
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }

    private static string NameAt(Func<long, int, byte[]> read, ulong offset)
    {
        var bytes = Read<byte>(read, offset, LongestName);
        return Encoding.UTF8.GetString(bytes, 0, Math.Max(Array.IndexOf(bytes, (byte)0), 0));
    }
}

/// <summary>The header of a 64-bit ELF file.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct RawElfHeader
{
    /// <summary>0x7F <c>ELF</c>.</summary>
    public uint Magic;

    /// <summary>2: 64 bits; 1: little-endian.</summary>
    public ushort Class;

    public fixed byte Unused[26];

    /// <summary>Offset of the program headers.</summary>
    public ulong Segments;

    public fixed byte Unused2[16];

    /// <summary>Number of program headers.</summary>
    public ushort SegmentCount;

    public fixed byte Unused3[6];
}

/// <summary>A program header of a 64-bit ELF file.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawElfSegment
{
    /// <summary>1: loaded into memory; 2: the dynamic section.</summary>
    public uint Type;

    public uint Flags;

    /// <summary>Offset in the file.</summary>
    public ulong Offset;

    /// <summary>Address in memory.</summary>
    public ulong Address;

    public ulong PhysicalAddress;

    /// <summary>Length in the file.</summary>
    public ulong FileLength;

    public ulong MemoryLength;

    public ulong Alignment;
}

/// <summary>An entry of a dynamic section.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawElfDynamic
{
    /// <summary>1: the value is the offset of a needed library's name among the strings; 5: it is the address of the strings.</summary>
    public ulong Tag;

    public ulong Value;
}

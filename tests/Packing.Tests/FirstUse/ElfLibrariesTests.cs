using System.Runtime.CompilerServices;
using System.Text;
using CondaFuse.Packing.FirstUse;

namespace CondaFuse.Packing.Tests.FirstUse;

public class ElfLibrariesTests
{
    [Fact]
    public void The_structures_have_the_sizes_of_the_specification() =>
        Assert.Equal((64, 56, 16), (Unsafe.SizeOf<RawElfHeader>(), Unsafe.SizeOf<RawElfSegment>(), Unsafe.SizeOf<RawElfDynamic>()));

    [Fact]
    public void The_names_of_the_dynamic_section_are_found() =>
        Assert.Equal(["libz.so.1", "libm.so.6"], Of(SampleElf.LinkedWith("libz.so.1", "libm.so.6")));

    [Fact]
    public void This_program_is_linked_with_the_C_library() =>
        Assert.Contains(Of(File.ReadAllBytes("/proc/self/exe")), name => name.StartsWith("libc.", StringComparison.Ordinal));

    [Fact]
    public void A_name_never_leads_to_another_directory() => Assert.Equal(["b"], Of(SampleElf.LinkedWith("../a", "b")));

    [Fact]
    public void A_damaged_file_is_linked_with_nothing_or_less()
    {
        var whole = SampleElf.LinkedWith("libz.so.1", "libm.so.6");
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.True(Of(whole[..length]).Count() <= 2);
        }

        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] = 0xFF;
            Assert.True(Of(damaged).Count() <= 2);
        }
    }

    private static IEnumerable<string> Of(byte[] file) => ElfLibraries.Of((offset, length) =>
        offset >= file.Length ? [] : file[(int)offset..(int)Math.Min(file.Length, offset + length)]);
}

/// <summary>Small ELF files.</summary>
internal static class SampleElf
{
    private const ulong Address = 0x1000;

    public static byte[] LinkedWith(params string[] libraries)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        var strings = Encoding.ASCII.GetBytes("\0" + string.Join('\0', libraries) + "\0");
        var dynamic = 64 + (2 * 56);
        var entries = (libraries.Length + 2) * 16;
        writer.Write("\u007fELF\u0002\u0001"u8);
        writer.Write(new byte[26]);
        writer.Write(64ul);
        writer.Write(new byte[16]);
        writer.Write((ushort)2);
        writer.Write(new byte[6]);
        Segment(writer, 1, 0, (ulong)(dynamic + entries + strings.Length));
        Segment(writer, 2, (ulong)dynamic, (ulong)entries);
        Entry(writer, 5, Address + (ulong)(dynamic + entries));
        var at = 1;
        foreach (var library in libraries)
        {
            Entry(writer, 1, (ulong)at);
            at += library.Length + 1;
        }

        Entry(writer, 0, 0);
        writer.Write(strings);
        return file.ToArray();
    }

    private static void Segment(BinaryWriter writer, uint type, ulong offset, ulong length)
    {
        writer.Write(type);
        writer.Write(0u);
        writer.Write(offset);
        writer.Write(Address + offset);
        writer.Write(0ul);
        writer.Write(length);
        writer.Write(0ul);
        writer.Write(0ul);
    }

    private static void Entry(BinaryWriter writer, ulong tag, ulong value)
    {
        writer.Write(tag);
        writer.Write(value);
    }
}

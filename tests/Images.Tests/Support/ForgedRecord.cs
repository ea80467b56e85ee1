using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.Tests;

/// <summary>Changes the private record of an image so that all checksums fit.</summary>
internal static class ForgedRecord
{
    internal delegate void Change(ref RawRecordTail tail);

    /// <summary>Changes the fields of minor versions, and may cut some off.</summary>
    public static void Write(string path, Change change, ushort version = PrivateFormat.MinorVersion, int missing = 0)
    {
        var image = File.ReadAllBytes(path);
        var place = (int)MemoryMarshal.Read<RawSuperblock>(image).InodeTable - Unsafe.SizeOf<RawFooter>();
        var footer = MemoryMarshal.Read<RawFooter>(image.AsSpan(place));
        var record = image.AsSpan((int)footer.RecordStart, (int)footer.RecordLength);
        change(ref MemoryMarshal.AsRef<RawRecordTail>(record[^Unsafe.SizeOf<RawRecordTail>()..]));
        ref var fields = ref MemoryMarshal.AsRef<RawRecord>(record);
        (fields.MinorVersion, fields.Length) = (version, fields.Length - (uint)missing);
        record = record[..^missing];
        (footer.MinorVersion, footer.RecordLength) = (version, (uint)record.Length);
        footer.RecordChecksum = Crc32C.Of(record);
        footer.Checksum = Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawFooter>(in footer))[..^sizeof(uint)]);
        MemoryMarshal.Write(image.AsSpan(place), footer);
        File.WriteAllBytes(path, image);
    }
}

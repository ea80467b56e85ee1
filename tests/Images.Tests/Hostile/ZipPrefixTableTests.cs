using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.Blocks;
using CondaFuse.Images.Disk;
using CondaFuse.Images.Zip;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>A zip archive carries its prefix table where no other program looks, and its place is not believed.</summary>
public sealed class ZipPrefixTableTests : IDisposable
{
    private const long MaxAllocated = 40 << 20;

    private readonly Scratch _scratch = new();

    private string Archive => _scratch["archive.zip"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(8192)]
    [InlineData(300_000)]
    public void A_table_is_read_as_it_was_given_and_does_not_disturb_other_programs(int length)
    {
        var table = Noise(length);
        Pack(table);
        using var tree = ZipTree.Open(Archive);
        Assert.Equal(table, tree.ReadPrefixTable());
        Assert.Equal(table[..Math.Min(length, 100)], tree.ReadPrefixTable(100));
        Assert.Empty(Verifier.Verify(Archive, 1).Findings);
        Tool.Shell($"unzip -q -d '{_scratch["out"]}' '{Archive}' && diff -r '{_scratch["source"]}' '{_scratch["out"]}'");
        Tool.Shell($"python3 -c 'import sys, zipfile; sys.exit(zipfile.ZipFile(\"{Archive}\").namelist() != [\"file\"])'");
    }

    [Fact]
    public void An_archive_without_a_table_or_with_one_that_is_too_long_has_none()
    {
        foreach (var table in new[] { null, [], new byte[ZipPrivateFormat.MaxPrefixTable + 1] })
        {
            Pack(table);
            using var tree = ZipTree.Open(Archive);
            Assert.Null(tree.ReadPrefixTable());
        }
    }

    [Fact]
    public void A_damaged_table_is_found_and_hinders_nothing()
    {
        Pack(Noise(1000));
        var archive = File.ReadAllBytes(Archive);
        int place;
        using (var tree = ZipTree.Open(Archive))
        {
            place = (int)tree.Record!.PrefixTable.Start;
        }

        archive[place + 500] ^= 1;
        File.WriteAllBytes(Archive, archive);
        using var damaged = ZipTree.Open(Archive);
        Assert.Equal(ImageFault.Record, Assert.Throws<ImageException>(() => damaged.ReadPrefixTable()).Fault);
        Assert.Equal([ImageFault.Record], Verifier.Verify(Archive, 1).Findings.Select(finding => finding.Fault));
        Assert.True(damaged.TryLookup(NodeId.Root, "file"u8, out _));
    }

    [Fact]
    public void Forged_lengths_cause_typed_failures()
    {
        Pack(Noise(1000));
        var sound = File.ReadAllBytes(Archive);
        foreach (var length in new uint[] { 1, 4, 5, 500, 1100, 1 << 20, ZipPrivateFormat.MaxPrefixTable + 1, uint.MaxValue })
        {
            File.WriteAllBytes(Archive, sound);
            Forge((ref RawZipFooter footer) => footer.PrefixLength = length);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<ImageException>(() =>
            {
                using var tree = ZipTree.Open(Archive);
                tree.ReadPrefixTable();
            });
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
        }
    }

    private delegate void Change(ref RawZipFooter footer);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private void Pack(byte[]? table)
    {
        Directory.CreateDirectory(_scratch["source"]);
        File.WriteAllText(Path.Combine(_scratch["source"], "file"), "content");
        using var tree = DiskTree.Open(_scratch["source"]);
        ZipWriter.Write(tree, Archive, new PackOptions { Threads = 1, PrefixTable = (_, _) => table });
    }

    /// <summary>Changes the footer; its checksum fits.</summary>
    private void Forge(Change change)
    {
        var archive = File.ReadAllBytes(Archive);
        long directory;
        using (var file = new ImageFile(Archive))
        {
            directory = EndRecord.Read(file).Directory;
        }

        ref var footer = ref MemoryMarshal.AsRef<RawZipFooter>(archive.AsSpan((int)directory - Unsafe.SizeOf<RawZipFooter>()));
        change(ref footer);
        footer.Checksum = Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawZipFooter>(in footer))[..^sizeof(uint)]);
        File.WriteAllBytes(Archive, archive);
    }
}

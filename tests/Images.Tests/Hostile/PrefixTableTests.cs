using System.Runtime.CompilerServices;
using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>The prefix table is stored and carried along as it was given, and its place is not believed.</summary>
public sealed class PrefixTableTests : IDisposable
{
    private const long MaxAllocated = 40 << 20;

    private readonly Scratch _scratch = new();

    private string Image => _scratch["image"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(8192)]
    [InlineData(8193)]
    [InlineData(300_000)]
    public void A_table_is_read_as_it_was_given(int length)
    {
        var table = Noise(length);
        Pack(table, Codecs.Zstd);
        using var tree = SquashFsTree.Open(Image);
        Assert.Equal(table, tree.ReadPrefixTable());
        Assert.Equal(table[..Math.Min(length, 100)], tree.ReadPrefixTable(100));
        Assert.Empty(Verifier.Verify(Image, 1).Findings);
        Tool.Shell($"unsquashfs -no-progress -quiet -d '{_scratch["out"]}' '{Image}' && diff -r '{_scratch["source"]}' '{_scratch["out"]}'");
    }

    [Fact]
    public void An_image_without_a_table_or_with_one_that_is_too_long_has_none()
    {
        foreach (var table in new[] { null, [], new byte[PrivateFormat.MaxPrefixTable + 1] })
        {
            Pack(table, Codecs.Zstd);
            using var tree = SquashFsTree.Open(Image);
            Assert.Null(tree.ReadPrefixTable());
        }
    }

    [Fact]
    public void The_maker_gets_the_numbers_of_the_image()
    {
        var numbers = new List<ulong>();
        Directory.CreateDirectory(_scratch["source"]);
        File.WriteAllText(Path.Combine(_scratch["source"], "file"), "content");
        using (var source = DiskTree.Open(_scratch["source"]))
        {
            Assert.True(source.TryLookup(NodeId.Root, "file"u8, out var file));
            var options = new PackOptions
            {
                Threads = 1, ArcRoot = "top",
                PrefixTable = (numberOf, _) =>
                {
                    numbers.AddRange([numberOf(file.Inode), numberOf(source.GetAttributes(NodeId.Root).Inode), numberOf(ulong.MaxValue)]);
                    return null;
                },
            };
            SquashFsWriter.Write(source, Image, options);
        }

        using var tree = SquashFsTree.Open(Image);
        Assert.True(tree.TryLookup(NodeId.Root, "top"u8, out var top));
        Assert.True(tree.TryLookup(top.Node, "file"u8, out var packed));
        Assert.Equal([packed.Inode, top.Inode, 0], numbers);
    }

    [Theory]
    [InlineData(1, PrivateFormat.TailOfVersion1)]
    [InlineData(2, PrivateFormat.TailOfVersion2)]
    public void A_record_of_an_earlier_minor_version_is_read_and_has_no_table(ushort version, int tail)
    {
        Pack(Noise(1000), Codecs.Zstd);
        ForgedRecord.Write(Image, (ref _) => { }, version, Unsafe.SizeOf<RawRecordTail>() - tail);
        using var tree = SquashFsTree.Open(Image);
        Assert.Null(tree.ReadPrefixTable());
        Assert.Equal(1, GenerationInfo.Read(Image).Generation);
        Assert.Empty(Verifier.Verify(Image, 1).Findings);
    }

    [Fact]
    public void A_table_of_another_generation_is_not_used()
    {
        Pack(Noise(1000), Codecs.Zstd);
        ForgedRecord.Write(Image, (ref RawRecordTail tail) => tail.PrefixGeneration = 2);
        using var tree = SquashFsTree.Open(Image);
        Assert.Null(tree.ReadPrefixTable());
    }

    [Fact]
    public void Forged_places_and_lengths_cause_typed_failures_and_the_tree_is_read_nevertheless()
    {
        var faults = new HashSet<ImageFault>();
        foreach (var codec in new[] { Codecs.None, Codecs.Zstd })
        {
            Pack(Noise(30_000), codec);
            var sound = File.ReadAllBytes(Image);
            ulong size = (ulong)sound.Length;
            ulong[] places = [1, 95, 96, 200, size / 2, size - 1, size, size + 1, long.MaxValue, ulong.MaxValue];
            foreach (var place in places)
            {
                foreach (var length in new uint[] { 1, 8192, 30_000, 1 << 20, PrivateFormat.MaxPrefixTable, uint.MaxValue })
                {
                    File.WriteAllBytes(Image, sound);
                    ForgedRecord.Write(Image, (ref RawRecordTail tail) => (tail.PrefixTable, tail.PrefixLength) = (place, length));
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    using (var tree = SquashFsTree.Open(Image))
                    {
                        try
                        {
                            tree.ReadPrefixTable();
                        }
                        catch (ImageException fault)
                        {
                            faults.Add(fault.Fault);
                        }

                        Assert.True(tree.TryLookup(NodeId.Root, "file"u8, out _));
                    }

                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
                }
            }
        }

        Assert.Contains(ImageFault.TablePlace, faults);
        Assert.Contains(ImageFault.MetadataPlace, faults);
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private void Pack(byte[]? table, ICodec codec)
    {
        Directory.CreateDirectory(_scratch["source"]);
        File.WriteAllText(Path.Combine(_scratch["source"], "file"), "content");
        using var tree = DiskTree.Open(_scratch["source"]);
        SquashFsWriter.Write(tree, Image, new PackOptions { Threads = 1, Compressor = codec, PrefixTable = (_, _) => table });
    }
}

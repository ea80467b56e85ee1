using System.Runtime.CompilerServices;
using System.Text;
using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>The list of first uses in an image is a hint: whatever it contains, it is either valid or absent.</summary>
public sealed class StoredFirstUsesTests : IDisposable
{
    private const long MaxAllocated = 40 << 20;

    private readonly Scratch _scratch = new();

    private string Image => _scratch["image"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1, PrivateFormat.TailOfVersion1)]
    [InlineData(2, PrivateFormat.TailOfVersion2)]
    [InlineData(3, PrivateFormat.TailOfVersion3)]
    public void A_record_of_an_earlier_minor_version_is_read_and_has_no_list(ushort version, int tail)
    {
        Pack(Codecs.Zstd);
        ForgedRecord.Write(Image, (ref _) => { }, version, Unsafe.SizeOf<RawRecordTail>() - tail);
        using var tree = SquashFsTree.Open(Image);
        Assert.False(tree.HasFirstUses);
        Assert.Null(tree.ReadFirstUses());
        Assert.Empty(Verifier.Verify(Image, 1).Findings);
    }

    [Fact]
    public void Forged_places_and_lengths_are_no_list_and_the_tree_is_read_nevertheless()
    {
        foreach (var codec in new[] { Codecs.None, Codecs.Zstd })
        {
            Pack(codec);
            var sound = File.ReadAllBytes(Image);
            ulong size = (ulong)sound.Length;
            ulong[] places = [1, 95, 96, 200, size / 2, size - 1, size, size + 1, long.MaxValue, ulong.MaxValue];
            foreach (var place in places)
            {
                foreach (var length in new uint[] { 1, 8192, 30_000, PrivateFormat.MaxFirstUses, PrivateFormat.MaxFirstUses + 1, uint.MaxValue })
                {
                    File.WriteAllBytes(Image, sound);
                    ForgedRecord.Write(Image, (ref RawRecordTail tail) => (tail.FirstUses, tail.FirstUsesLength) = (place, length));
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    using (var tree = SquashFsTree.Open(Image))
                    {
                        Assert.Null(tree.ReadFirstUses());
                        Assert.True(tree.TryLookup(NodeId.Root, "file"u8, out _));
                    }

                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocated);
                }
            }
        }
    }

    [Fact]
    public void A_list_that_is_too_long_is_not_stored()
    {
        var name = new string('a', 250);
        Pack(Codecs.Zstd, [.. Enumerable.Range(0, 8000).Select(number => Used($"{name}/{number}"))]);
        using var tree = SquashFsTree.Open(Image);
        Assert.Null(tree.ReadFirstUses());
    }

    private static UsedRange Used(string path) => new(Encoding.UTF8.GetBytes(path), 0, 1);

    private void Pack(ICodec codec, params UsedRange[] used)
    {
        Directory.CreateDirectory(_scratch["source"]);
        File.WriteAllText(Path.Combine(_scratch["source"], "file"), "content");
        using var tree = DiskTree.Open(_scratch["source"]);
        SquashFsWriter.Write(
            tree, Image, new PackOptions { Threads = 1, Compressor = codec, FirstUses = used.Length > 0 ? used : [Used("file"), Used("x/y")] });
        using var image = SquashFsTree.Open(Image);
        Assert.Equal(used.Length == 0, image.HasFirstUses);
    }
}

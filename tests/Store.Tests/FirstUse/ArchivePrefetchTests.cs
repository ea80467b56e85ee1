using System.Text;
using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Store.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.FirstUse;

public sealed class ArchivePrefetchTests : IDisposable
{
    private const int Length = 1_000_000;
    private readonly Sandbox _sandbox = new();
    private readonly string _archive;

    public ArchivePrefetchTests()
    {
        _archive = Path.Combine(_sandbox.Layout.ArchiveDirectory, "archive");
        Directory.CreateDirectory(_sandbox.Layout.ArchiveDirectory);
        File.WriteAllBytes(_archive, new byte[Length]);
    }

    [Fact]
    public void Parts_are_read_once_each_in_any_order() =>
        Assert.Equal(200_000, Read(new StoredRange(300_000, 50_000), new StoredRange(0, 100_000), new StoredRange(50_000, 100_000)));

    [Fact]
    public void Small_gaps_are_read_too() => Assert.Equal(50_001, Read(new StoredRange(100_000, 1), new StoredRange(150_000, 1)));

    [Fact]
    public void Parts_after_the_end_are_left_out() =>
        Assert.Equal(50, Read(new StoredRange(Length - 50, 100), new StoredRange(2 * Length, 10)));

    [Fact]
    public void Reading_ends_when_it_is_enough()
    {
        using var prefetch = new ArchivePrefetch(_archive);
        Assert.Equal(0, prefetch.Read([new StoredRange(0, 100)], () => true));
    }

    [Fact]
    public void Of_an_image_the_tables_and_the_blocks_of_the_listed_files_are_found()
    {
        using var image = Image();
        var parts = ImageParts.Of(image, [Used("d/big", 140_000, 1), Used("d/big", 0, 300_000), Used("d/small", 0, 1)]);
        Assert.Equal(4, parts.Count); // three blocks, one of them named twice, and a fragment
        Assert.Equal(ImageParts.Tables(image).Single().Offset + ImageParts.Tables(image).Single().Length, image.Totals.StoredBytes);
        Assert.All(parts, part => Assert.True(part.Offset + part.Length <= image.Tables.Offset));
    }

    [Fact]
    public void Paths_that_lead_nowhere_or_through_links_have_no_parts()
    {
        using var image = Image();
        Assert.Empty(ImageParts.Of(
            image,
            [
                Used("none", 0, 1), Used("d", 0, 1), Used("d/small/x", 0, 1), Used("link/small", 0, 1), Used("link", 0, 1),
                Used("d/big", 1L << 40, 9),
            ]));
    }

    [Fact]
    public void A_list_of_tiny_parts_of_large_blocks_is_limited()
    {
        const int block = 128 << 10;
        const int blocks = (int)(FirstUseList.MaxBytes / block) + 5;
        using var image = Image(blocks * block);
        var parts = ImageParts.Of(image, [.. Enumerable.Range(0, blocks).Select(index => Used("d/big", index * (long)block, 1))]);
        Assert.InRange(parts.Sum(part => part.Length), FirstUseList.MaxBytes - block, FirstUseList.MaxBytes);
    }

    public void Dispose() => _sandbox.Dispose();

    private static UsedRange Used(string path, long offset, long length) => new(Encoding.UTF8.GetBytes(path), offset, length);

    private long Read(params StoredRange[] parts)
    {
        using var prefetch = new ArchivePrefetch(_archive);
        return prefetch.Read(parts, () => false);
    }

    private SquashFsTree Image(int length = 300_000)
    {
        var source = Directory.CreateDirectory(Path.Combine(_sandbox.Layout.ArchiveDirectory, "source")).FullName;
        var content = new byte[length];
        new Random(1).NextBytes(content);
        Directory.CreateDirectory(Path.Combine(source, "d"));
        File.WriteAllBytes(Path.Combine(source, "d", "big"), content);
        File.WriteAllBytes(Path.Combine(source, "d", "small"), content[..5000]);
        File.CreateSymbolicLink(Path.Combine(source, "link"), "d");
        using (var tree = DiskTree.Open(source))
        {
            SquashFsWriter.Write(tree, _archive, new PackOptions { Threads = 1, Compressor = Codecs.None });
        }

        return SquashFsTree.Open(_archive);
    }
}

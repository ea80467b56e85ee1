using CondaFuse.Images.Blocks;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Images.Tests.Committing;

public sealed class BaseImageTests
{
    [Fact]
    public void A_table_that_claims_more_entries_than_the_image_has_bytes_takes_no_memory()
    {
        using var scratch = new Scratch();
        var source = new MemoryTree();
        source.AddFile("f", "content");
        SquashFsWriter.Write(source, scratch["image"], new PackOptions { Threads = 1 });
        using var image = BaseImage.Read(new ImageFile(scratch["image"]), threads: 1);
        var list = image.Image.Superblock.Raw.FragmentTable;

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<ImageException>(() => image.Entries<RawFragment>("fragment", list, 300_000_000));

        Assert.Equal(ImageFault.TablePlace, refused.Fault);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }
}

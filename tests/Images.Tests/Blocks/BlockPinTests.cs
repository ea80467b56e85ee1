using System.Reflection;
using CondaFuse.Images.Blocks;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests.Blocks;

public sealed class BlockPinTests
{
    [Fact]
    public void Whole_reads_of_a_kept_block_leave_no_pin()
    {
        using var scratch = new Scratch();
        var source = new MemoryTree();
        source.AddFile("f", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"line {i}\n")));
        SquashFsWriter.Write(source, scratch["image"], new PackOptions { Threads = 1 });
        using var tree = SquashFsTree.Open(scratch["image"]);
        Assert.True(tree.TryLookup(NodeId.Root, "f"u8, out var file));
        tree.Read(file.Node, 0, new byte[4096]);
        for (var i = 0; i < 5; i++)
        {
            tree.Read(file.Node, 0, new byte[128 << 10]);
        }

        Assert.Equal(0, Pins(tree));
    }

    private static int Pins(SquashFsTree tree)
    {
        const BindingFlags hidden = BindingFlags.NonPublic | BindingFlags.Instance;
        var data = tree.Image.Data;
        var cache = data.GetType().GetField("_cache", hidden)!.GetValue(data)!;
        return ((Array)cache.GetType().GetField("_slots", hidden)!.GetValue(cache)!).Cast<BlockCache.Slot?>().Sum(slot => slot?.Pins ?? 0);
    }
}

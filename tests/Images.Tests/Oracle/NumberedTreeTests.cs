using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Entries found by their inode numbers, in images of any tool.</summary>
public sealed class NumberedTreeTests(TimelySource odd) : IClassFixture<TimelySource>, IDisposable
{
    private const int InodeTable = 64;
    private const int ExportTable = 88;
    private const int NumberInHeader = 12;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("mksquashfs \"$SOURCE\" \"$IMAGE\" -noappend -quiet -no-progress")]
    [InlineData("mksquashfs \"$SOURCE\" \"$IMAGE\" -noappend -quiet -no-progress -no-exports")]
    [InlineData("mksquashfs \"$SOURCE\" \"$IMAGE\" -noappend -quiet -no-progress -no-exports -noI -b 4096")]
    [InlineData("tar -C \"$SOURCE\" --format=posix --exclude=socket -cf - . | tar2sqfs -q \"$IMAGE\"")]
    [InlineData("tar -C \"$SOURCE\" --format=posix --exclude=socket -cf - . | tar2sqfs -q -e \"$IMAGE\"")]
    public void Every_entry_is_found_by_its_number(string command)
    {
        Make(command);
        Check();
    }

    [Fact]
    public void Every_entry_of_an_own_image_is_found_by_its_number()
    {
        using (var source = DiskTree.Open(odd.Path))
        {
            SquashFsWriter.Write(source, _scratch["image"], new PackOptions { Threads = 1 }, progress: null, CancellationToken.None);
        }

        Check();
    }

    [Fact]
    public void A_wrong_foreign_export_table_is_not_trusted()
    {
        Make("mksquashfs \"$SOURCE\" \"$IMAGE\" -noappend -quiet -no-progress -noI");
        var bytes = File.ReadAllBytes(_scratch["image"]);
        var list = (int)BitConverter.ToUInt64(bytes, ExportTable);
        var entries = (int)BitConverter.ToUInt64(bytes, list) + sizeof(ushort);
        Assert.True((BitConverter.ToUInt16(bytes, entries - sizeof(ushort)) & SquashFsFormat.MetadataUncompressed) != 0);
        bytes.AsSpan(entries, 3 * sizeof(ulong)).Reverse();
        for (var i = 0; i < 3; i++)
        {
            bytes.AsSpan(entries + (i * sizeof(ulong)), sizeof(ulong)).Reverse();
        }

        File.WriteAllBytes(_scratch["image"], bytes);
        Check();
    }

    [Fact]
    public void An_inconsistent_inode_table_is_a_typed_fault()
    {
        Make("mksquashfs \"$SOURCE\" \"$IMAGE\" -noappend -quiet -no-progress -noI -no-exports");
        var bytes = File.ReadAllBytes(_scratch["image"]);
        var first = (int)BitConverter.ToUInt64(bytes, InodeTable) + sizeof(ushort);
        using (var tree = SquashFsTree.Open(_scratch["image"]))
        {
            Assert.True(tree.TryFindInode(1, out _));
            Assert.True(tree.TryFindInode(2, out var second));
            BitConverter.TryWriteBytes(bytes.AsSpan(first + ReferenceOf(second) + NumberInHeader), 1u);
        }

        File.WriteAllBytes(_scratch["image"], bytes);
        using var damaged = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(ImageFault.InodeNumber, Assert.Throws<ImageException>(() => damaged.TryFindInode(1, out _)).Fault);
    }

    /// <summary>The position of an inode in the first block of its table.</summary>
    private static int ReferenceOf(NodeId node)
    {
        Assert.True(node.Value - 2 <= ushort.MaxValue);
        return (int)(node.Value - 2);
    }

    private void Make(string command)
    {
        Tool.Shell($"SOURCE='{odd.Path}' IMAGE='{_scratch["image"]}'; {command}");
    }

    private void Check()
    {
        using var tree = SquashFsTree.Open(_scratch["image"]);
        var highest = 0UL;
        var count = 0;
        var pending = new Stack<NodeId>([NodeId.Root]);
        while (pending.TryPop(out var directory))
        {
            var list = new EntryCollector();
            tree.ReadDirectory(directory, 0, list);
            foreach (var node in list.Entries.Select(entry => entry.Node).Append(directory))
            {
                var attributes = tree.GetAttributes(node);
                Assert.True(tree.TryFindInode(attributes.Inode, out var found));
                Assert.Equal(node, found);
                highest = Math.Max(highest, attributes.Inode);
                count++;
                if (attributes.Kind == EntryKind.Directory && node != directory)
                {
                    pending.Push(node);
                }
            }
        }

        Assert.True(count > 20);
        Assert.True(tree.HighestInode >= highest);
        Assert.False(tree.TryFindInode(tree.HighestInode + 1, out _));
        Assert.False(tree.TryFindInode(0, out _));
        Assert.False(tree.TryFindInode(ulong.MaxValue, out _));
    }
}

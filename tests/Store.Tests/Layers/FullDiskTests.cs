using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Layers;

/// <summary>A mounted environment whose disk becomes full; only root can create the small file system.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _root = CanonicalPath.Resolve(Directory.CreateTempSubdirectory("full ").FullName);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [RootFact]
    public void If_the_first_change_finds_no_space_there_is_nothing_to_commit()
    {
        using var disk = new FullStorage(_root, "size=4m,nr_inodes=100", isFull: false);
        Assert.True(disk.IsUsable);

        using var environment = Open(disk.Path);
        var fill = Directory.CreateDirectory(Path.Combine(disk.Path, "fill")).FullName;
        var made = 0;
        try
        {
            for (; ; made++)
            {
                File.WriteAllText(Path.Combine(fill, $"{made}"), "");
            }
        }
        catch (IOException)
        {
            // No inode is left.
        }

        File.Delete(Path.Combine(fill, $"{made - 1}"));
        File.Delete(Path.Combine(fill, $"{made - 2}"));
        Assert.Equal(TreeFailure.NoSpace, Assert.Throws<TreeException>(() => Create(environment, "new")).Failure);
        Assert.Equal(WriterKind.None, environment.Status.Writer);
        Assert.Null(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
    }

    [RootFact]
    public void On_a_full_disk_names_can_be_changed_and_removed_files_free_space()
    {
        using var disk = new FullStorage(_root, "size=24m", isFull: false);
        Assert.True(disk.IsUsable);

        CommitReport? report;
        using (var environment = Open(disk.Path))
        {
            var tree = environment.Tree;
            for (var index = 0; index < 20; index++)
            {
                Create(environment, $"small-{index}");
            }

            var big = Create(environment, "big");
            var block = new byte[256 << 10];
            new Random(7).NextBytes(block);
            var written = Fill(tree, big, block);
            FillRest(disk.Path);

            // Nothing is free: operations that need only a record still work.
            tree.Create(NodeId.Root, "folder"u8, new NewEntry(EntryKind.Directory, 0x1ED, 0, 0));
            tree.Rename(NodeId.Root, "small-1"u8, NodeId.Root, "small-2"u8, RenameMode.Replace);
            tree.Unlink(NodeId.Root, "small-3"u8);
            tree.Unlink(NodeId.Root, "big"u8);
            tree.Forget(big);

            // Removed content can be written again at once.
            var again = Create(environment, "again");
            Assert.True(Fill(tree, again, block) > written / 2);
            tree.Unlink(NodeId.Root, "again"u8);
            File.Delete(Path.Combine(disk.Path, "rest"));
            report = environment.CommitLast(new CommitRequest(1), CancellationToken.None);
        }

        Assert.NotNull(report);
    }

    private static long Fill(IWritableTree tree, NodeId file, byte[] block)
    {
        var written = 0L;
        try
        {
            for (; ; written += block.Length)
            {
                tree.Write(file, written, block, clearSetId: false);
            }
        }
        catch (TreeException full) when (full.Failure == TreeFailure.NoSpace)
        {
            return written;
        }
    }

    private static void FillRest(string folder)
    {
        using var rest = File.Create(Path.Combine(folder, "rest"));
        try
        {
            while (true)
            {
                rest.Write(new byte[4096]);
                rest.Flush();
            }
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }

    private static NodeId Create(ServedEnvironment environment, string name) =>
        environment.Tree.Create(NodeId.Root, System.Text.Encoding.UTF8.GetBytes(name), new NewEntry(EntryKind.File, 0x1A4, 0, 0)).Node;

    private static ServedEnvironment Open(string folder)
    {
        var layout = new Layout(
            folder, Path.Combine(folder, "archives"), Path.Combine(folder, "envs"), new RuntimeFolder(Path.Combine(folder, "run")));
        Directory.CreateDirectory(layout.ArchiveDirectory);
        var source = Directory.CreateDirectory(Path.Combine(folder, "src")).FullName;
        File.WriteAllText(Path.Combine(source, "a"), "a");
        var image = Path.Combine(layout.ArchiveDirectory, "env.squashfs");
        using (var tree = DiskTree.Open(source))
        {
            SquashFsWriter.Write(tree, image, new PackOptions { Threads = 1 }, progress: null, CancellationToken.None);
        }

        return ServedEnvironment.Open(layout, image, Writers.Here(), new ManualClock(), _ => { });
    }
}

using CondaFuse.Changes;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>The real kernel's requests to a writable tree. The programs' view is in tests/EndToEnd/posix_contract.py.</summary>
public sealed class WritableKernelTests
{
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);

    [MountFact]
    public void A_deleted_file_ends_when_its_last_user_closes_it()
    {
        using var mount = new ChangedMount();
        using (var file = File.Create(mount.At("file")))
        {
            file.Write("content"u8);
            file.Flush();
            File.Delete(mount.At("file"));
            File.WriteAllText(mount.At("other"), "x");
            file.Position = 0;
            var read = new byte[10];
            Assert.Equal(7, file.Read(read));
            Assert.Equal(3, mount.Tree.Totals.Entries);
        }

        Assert.True(SpinWait.SpinUntil(() => mount.Tree.Totals.Entries == 2, Patient), $"{mount.Tree.Totals.Entries} entries");
        Assert.Equal("x", File.ReadAllText(mount.At("other")));
        Assert.Empty(mount.Mounted.Logged);
    }

    [MountFact]
    public void A_file_that_the_owner_of_the_tree_replaces_is_seen_at_once_and_the_former_one_by_those_who_have_it_open()
    {
        using var mount = new ChangedMount();
        File.WriteAllText(mount.At("file"), "former");
        File.WriteAllText(mount.At("unused"), "never looked up after a replacement");
        using (var open = File.OpenRead(mount.At("file")))
        {
            Replace("file", "the new one");
            Assert.Equal("the new one", File.ReadAllText(mount.At("file")));
            Assert.Equal(11, new FileInfo(mount.At("file")).Length);
            using var reader = new StreamReader(open);
            Assert.Equal("former", reader.ReadToEnd());
        }

        Assert.Equal(["file", "unused"], Directory.GetFiles(mount.Mounted.Directory).Select(Path.GetFileName).Order());
        Assert.True(SpinWait.SpinUntil(() => mount.Tree.Totals.Entries == 3, Patient), $"{mount.Tree.Totals.Entries} entries");
        Assert.Empty(mount.Mounted.Logged);

        void Replace(string name, string content)
        {
            var bytes = System.Text.Encoding.ASCII.GetBytes(name);
            Assert.True(mount.Tree.TryLookup(NodeId.Root, bytes, out var former));
            var copy = mount.Tree.CreateUnnamed(NodeId.Root, new NewEntry(EntryKind.File, 0x1A4, 0, 0)).Node;
            mount.Tree.Write(copy, 0, System.Text.Encoding.ASCII.GetBytes(content), clearSetId: false);
            mount.Tree.Exclusively(() =>
            {
                mount.Tree.Link(copy, NodeId.Root, "temporary"u8);
                mount.Tree.Rename(NodeId.Root, "temporary"u8, NodeId.Root, bytes, RenameMode.Replace);
            });
            mount.Mounted.Server.Replaced(NodeId.Root, bytes, former.Node);
        }
    }

    [MountFact]
    public void A_thousand_created_and_removed_files_leave_no_inode()
    {
        using var mount = new ChangedMount();
        for (var number = 0; number < 1000; number++)
        {
            File.WriteAllText(mount.At($"f{number}"), "x");
            File.Delete(mount.At($"f{number}"));
        }

        Assert.True(SpinWait.SpinUntil(() => mount.Tree.Totals.Entries == 1, Patient), $"{mount.Tree.Totals.Entries} entries");
    }

    [MountFact]
    public void A_file_is_made_by_one_request_of_the_kernel_that_changes_something()
    {
        using var mount = new ChangedMount();
        File.WriteAllText(mount.At("first"), "x");
        var before = mount.Store.Records;
        using (var file = File.Open(mount.At("second"), FileMode.CreateNew))
        {
            file.Write("x"u8);
        }

        Assert.Equal(["Create", "Write"], mount.Store.Changes.Skip(before).Select(change => change.Open().Kind.ToString()));
    }

    [MountFact]
    public void A_full_storage_is_reported_to_the_writer_and_written_data_stay()
    {
        using var mount = new ChangedMount();
        File.WriteAllText(mount.At("before"), "kept");
        mount.Store.Fails = () => new TreeException(TreeFailure.NoSpace, "full");
        const int noSpace = 28;
        Assert.Equal(noSpace, Assert.Throws<IOException>(() => File.WriteAllText(mount.At("new"), "x")).HResult & 0xFFFF);
        Assert.Equal(noSpace, Assert.Throws<IOException>(() => File.AppendAllText(mount.At("before"), "more")).HResult & 0xFFFF);
        Assert.Equal("kept", File.ReadAllText(mount.At("before")));
        mount.Store.Fails = () => null;
        File.AppendAllText(mount.At("before"), " and more");
        Assert.Equal("kept and more", File.ReadAllText(mount.At("before")));
        Assert.Equal([mount.At("before")], Directory.GetFileSystemEntries(mount.Mounted.Directory));
    }

    [MountFact]
    public void A_refused_writer_gets_EROFS_and_may_write_later()
    {
        using var mount = new ChangedMount();
        mount.Store.Fails = () => new TreeException(TreeFailure.ReadOnly, "another writes");
        const int readOnly = 30;
        Assert.Equal(readOnly, Assert.Throws<IOException>(() => File.WriteAllText(mount.At("f"), "x")).HResult & 0xFFFF);
        Assert.Equal(readOnly, Assert.Throws<IOException>(() => Directory.CreateDirectory(mount.At("d"))).HResult & 0xFFFF);
        mount.Store.Fails = () => null;
        File.WriteAllText(mount.At("f"), "x");
        Assert.Equal("x", File.ReadAllText(mount.At("f")));
    }

    [MountFact]
    public void A_sync_reaches_the_log()
    {
        using var mount = new ChangedMount();
        using var file = File.Create(mount.At("f"));
        file.Write("x"u8);
        file.Flush(flushToDisk: true);
        Assert.True(mount.Store.Syncs > 0);
    }

    [MountFact]
    public void A_mebibyte_is_written_with_one_request()
    {
        using var mount = new ChangedMount();
        using var file = File.OpenHandle(mount.At("f"), FileMode.Create, FileAccess.Write);
        var content = new byte[1 << 20];
        content.AsSpan().Fill(1);

        // The kernel splits a request if a page of the buffer is not in memory at that moment, which happens occasionally.
        var requests = Enumerable.Range(0, 10).Select(_ =>
        {
            var before = Writes(mount);
            RandomAccess.Write(file, content, 0);
            return Writes(mount) - before;
        });
        Assert.Contains(1, requests);
    }

    private static int Writes(ChangedMount mount) => mount.Store.Changes.Count(change => change.Open().Kind is ChangeKind.Write);

    [MountFact]
    public void A_tree_that_could_be_changed_can_be_served_read_only()
    {
        using var mount = new ChangedMount();
        File.WriteAllText(mount.At("f"), "x");
        using var second = new Mounted(mount.Tree);
        Assert.Equal("x", File.ReadAllText(second.At("f")));
        const int readOnly = 30;
        Assert.Equal(readOnly, Assert.Throws<IOException>(() => File.Delete(second.At("f"))).HResult & 0xFFFF);
    }
}

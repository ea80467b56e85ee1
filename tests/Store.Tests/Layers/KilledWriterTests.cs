using CondaFuse.Images;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Layers;

/// <summary>What a killed writer left beside a SquashFS image.</summary>
public sealed class KilledImageWriterTests() : KilledWriterTests(ArchiveFormat.SquashFs);

/// <summary>The same, beside a zip archive.</summary>
public sealed class KilledZipWriterTests() : KilledWriterTests(ArchiveFormat.Zip);

/// <summary>What a killed writer left: changes that count once, and files that an unmount removes if their writer is gone.</summary>
public abstract class KilledWriterTests(ArchiveFormat format) : ServedArchive(format)
{
    [Fact]
    public void Killed_after_a_commit_while_it_was_used_the_later_changes_build_on_the_new_generation()
    {
        // A killed server disposes of nothing: its files are copied while it is running.
        var left = Sandbox.Layout.ArchiveDirectory + ".left";
        using (var environment = Open())
        {
            Make(environment, "first");
            environment.CommitOwn(Request, CancellationToken.None);
            Make(environment, "second");
            CopyAll(Sandbox.Layout.ArchiveDirectory, left);
        }

        Directory.Delete(Sandbox.Layout.ArchiveDirectory, recursive: true);
        Directory.Move(left, Sandbox.Layout.ArchiveDirectory);
        using var again = Open();
        Assert.All(["first", "second"], name => Assert.True(again.Tree.TryLookup(NodeId.Root, System.Text.Encoding.UTF8.GetBytes(name), out _)));
        Assert.Equal((1L, 2L), (again.Status.PendingChanges, again.Status.Generation));
    }

    [Fact]
    public void Killed_when_the_archive_has_the_changes_and_the_journal_does_not_know_they_count_once()
    {
        var left = Sandbox.Layout.ArchiveDirectory + ".left";
        using (var environment = Open())
        {
            Make(environment, "new");
            environment.Sync();
            CopyAll(Folder, left);
            environment.CommitLast(Request, CancellationToken.None);
        }

        Directory.Move(left, Folder);
        using var again = Open();
        Assert.True(again.Tree.TryLookup(NodeId.Root, "new"u8, out _));
        Assert.Equal((0L, 2L), (again.Status.PendingChanges, again.Status.Generation));
        Make(again, "newer");
        Assert.Equal(3, again.CommitLast(Request, CancellationToken.None)!.Generation);
    }

    [Fact]
    public void What_a_killed_writer_left_is_removed_by_an_unmount_without_changes()
    {
        LeaveWriter(Writers.Here(Writers.Dead));
        UnmountWithoutChanges();
        Assert.Equal([Image], Directory.GetFileSystemEntries(Sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void An_empty_folder_that_a_killed_writer_left_is_removed_by_an_unmount_without_changes()
    {
        Directory.CreateDirectory(Folder);
        UnmountWithoutChanges();
        Assert.Equal([Image], Directory.GetFileSystemEntries(Sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void A_journal_that_a_killed_writer_had_committed_is_removed_with_it()
    {
        var left = Sandbox.Layout.ArchiveDirectory + ".left";
        using (var environment = Open())
        {
            Make(environment, "new");
            environment.Sync();
            CopyAll(Folder, left);
            environment.CommitLast(Request, CancellationToken.None);
        }

        Directory.Move(left, Folder);
        foreach (var file in Directory.GetFiles(Folder, "holder.*").Append(Path.Combine(Folder, "writer")))
        {
            File.Delete(file);
        }

        LeaveWriter(Writers.Here(Writers.Dead));
        UnmountWithoutChanges();
        Assert.Equal([Image], Directory.GetFileSystemEntries(Sandbox.Layout.ArchiveDirectory));
        Assert.Equal(2, GenerationInfo.Read(Image).Generation);
    }

    /// <summary>The kernel's lock is not held in either case, and must not be the only criterion.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_of_a_writer_that_lives_or_may_live_stay(bool isHere)
    {
        LeaveLease(isHere ? Writers.Here() : Writers.Elsewhere);
        var before = Directory.GetFileSystemEntries(Folder);
        UnmountWithoutChanges();
        Assert.Equal(before, Directory.GetFileSystemEntries(Folder));
    }
}

using CondaFuse.Images;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Layers;

/// <summary>A server's operations on an environment in a SquashFS image and its changes.</summary>
public sealed class ServedImageTests() : ServedEnvironmentTests(ArchiveFormat.SquashFs);

/// <summary>The same, in a zip archive.</summary>
public sealed class ServedZipTests() : ServedEnvironmentTests(ArchiveFormat.Zip);

/// <summary>A server's operations on an environment and its changes.</summary>
public abstract class ServedEnvironmentTests(ArchiveFormat format) : ServedArchive(format)
{
    [Fact]
    public void Opening_and_reading_creates_nothing_on_disk()
    {
        using (var environment = Open())
        {
            Assert.True(environment.Tree.TryLookup(NodeId.Root, "env"u8, out _));
            Assert.Equal((0L, 0L, WriterKind.None), (environment.Status.PendingChanges, environment.Status.PendingBytes, environment.Status.Writer));
            Assert.Null(environment.CommitLast(Request, CancellationToken.None));
        }

        Assert.Equal([Image], Directory.GetFileSystemEntries(Sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void Changes_are_there_when_it_is_opened_again_and_are_counted()
    {
        using (var environment = Open())
        {
            Make(environment, "new");
            Assert.Equal((1L, WriterKind.Mine, "ada"), (environment.Status.PendingChanges, environment.Status.Writer, environment.Status.WriterName));
            environment.Sync();
        }

        using var again = Open();
        Assert.True(again.Tree.TryLookup(NodeId.Root, "new"u8, out _));
        Assert.Equal((1L, WriterKind.None), (again.Status.PendingChanges, again.Status.Writer));
        Assert.True(again.Status.PendingBytes > 100);
    }

    [Fact]
    public void An_unmount_puts_the_changes_into_the_archive_and_nothing_is_left_beside_it()
    {
        using (var environment = Open())
        {
            Make(environment, "new");
            var report = environment.CommitLast(Request, CancellationToken.None)!;
            Assert.Equal((2L, 1L, 1L), (report.Generation, report.Difference.Added, report.Difference.Changed));
        }

        Assert.Equal([Image], Directory.GetFileSystemEntries(Sandbox.Layout.ArchiveDirectory));
        using var again = Open();
        Assert.True(again.Tree.TryLookup(NodeId.Root, "new"u8, out _));
        Assert.Equal((0L, 2L), (again.Status.PendingChanges, again.Status.Generation));
    }

    [Fact]
    public void A_commit_during_use_continues_with_the_new_generation()
    {
        using (var environment = Open())
        {
            Make(environment, "first");
            Assert.Equal(2, environment.CommitOwn(new CommitRequest(1, "halfway"), CancellationToken.None)!.Generation);
            Assert.Equal((0L, 2L), (environment.Status.PendingChanges, environment.Status.Generation));
            Assert.True(environment.Tree.TryLookup(NodeId.Root, "first"u8, out _));
            Assert.Null(environment.CommitOwn(Request, CancellationToken.None));
            Make(environment, "second");
            Assert.Equal(3, environment.CommitOwn(Request, CancellationToken.None)!.Generation);
            Make(environment, "third");
            Assert.Equal(4, environment.CommitLast(Request, CancellationToken.None)!.Generation);
        }

        Assert.Equal([Image], Directory.GetFileSystemEntries(Sandbox.Layout.ArchiveDirectory));
        string[] messages = Format == ArchiveFormat.SquashFs ? ["", "", "halfway"] : [""];
        Assert.Equal(messages, ImageHistory.Read(Image).Take(3).Select(entry => entry.Message));
        Assert.Equal((4L, 1L), (ImageHistory.Read(Image)[0].Number, ImageHistory.Read(Image)[0].Difference!.Value.Added));
        Assert.Empty(Verifier.Verify(Image, 1).Findings);
        using var again = Open();
        Assert.All(
            ["first", "second", "third"], name => Assert.True(again.Tree.TryLookup(NodeId.Root, System.Text.Encoding.UTF8.GetBytes(name), out _)));
    }

    [Fact]
    public void A_reader_of_committed_changes_has_nothing_to_commit_and_leaves_nothing()
    {
        using var writer = Open();
        Make(writer, "new");
        using var reader = Open();
        Assert.Null(reader.CommitOwn(Request, CancellationToken.None));
        Assert.Equal((0L, 0L), reader.Kept);
        Assert.NotNull(writer.CommitLast(Request, CancellationToken.None));
        Assert.Null(reader.CommitOwn(Request, CancellationToken.None));
        Assert.Null(reader.CommitLast(Request, CancellationToken.None));
        Assert.Equal((0L, 0L), reader.Kept);
    }

    [Fact]
    public void Changes_of_a_deleted_archive_are_kept_and_reported()
    {
        using var environment = Open();
        Make(environment, "new");
        File.Delete(Image);
        Assert.Null(environment.CommitOwn(Request, CancellationToken.None));
        Assert.Null(environment.CommitLast(Request, CancellationToken.None));
        Assert.Equal(1, environment.Kept.Changes);
    }

    [Fact]
    public void A_commit_keeps_the_rights_of_the_archives_file()
    {
        File.SetUnixFileMode(Image, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var environment = Open())
        {
            Make(environment, "new");
            environment.CommitLast(Request, CancellationToken.None);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Image));
    }

    [Fact]
    public void An_archive_that_was_replaced_gets_no_changes_of_the_old_one()
    {
        using (var environment = Open())
        {
            Make(environment, "mine");
            File.Move(Pack("env2", "two"), Image, overwrite: true);
            Assert.Equal(TreeFailure.Exists, Assert.Throws<TreeException>(() => environment.CommitLast(Request, CancellationToken.None)).Failure);
        }

        Assert.NotEmpty(Directory.GetFiles(Folder, "*.journal"));
        Assert.Equal(1, GenerationInfo.Read(Image).Generation);
    }

    [Fact]
    public void The_second_writer_is_refused_with_the_first_ones_name_until_it_reopens()
    {
        using var first = Open();
        using var second = Open();
        Make(first, "first");
        var refused = Assert.Throws<TreeException>(() => Make(second, "second"));
        Assert.Equal(TreeFailure.ReadOnly, refused.Failure);
        Assert.Contains("ada on here", refused.Message, StringComparison.Ordinal);
        Assert.Equal((WriterKind.Other, refused.Message), (second.Status.Writer, second.Status.LastRefusal));
        first.Dispose();

        // A refusal is remembered for a second: an installer tries thousands of times.
        Assert.Equal(refused.Message, Assert.Throws<TreeException>(() => Make(second, "second")).Message);
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("mount it again", Assert.Throws<TreeException>(() => Make(second, "second")).Message, StringComparison.Ordinal);
        Assert.Equal(2, Log.Count);
        using var third = Open();
        Make(third, "third");
    }

    [Fact]
    public void AnImage_that_was_replaced_or_deleted_since_takes_no_changes()
    {
        using var environment = Open();
        var other = Pack("env2", "two");
        File.Move(other, Image, overwrite: true);
        Assert.Contains("another archive", Assert.Throws<TreeException>(() => Make(environment, "x")).Message, StringComparison.Ordinal);
        File.Delete(Image);
        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("deleted", Assert.Throws<TreeException>(() => Make(environment, "x")).Message, StringComparison.Ordinal);
        Assert.Equal(WriterKind.None, environment.Status.Writer);
    }

    [Fact]
    public void Changes_of_another_archive_are_refused_and_kept()
    {
        using (var environment = Open())
        {
            Make(environment, "old");
        }

        File.Move(Pack("env2", "two"), Image, overwrite: true);
        var refused = Assert.Throws<StoreException>(() => Open());
        Assert.Equal(StoreFault.Mismatched, refused.Fault);
        Assert.Contains("condafuse discard env", refused.Hint, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Folder, "*.journal"));
    }

    [Theory]
    [InlineData(8, "another version of condafuse")]
    [InlineData(0, "are damaged")]
    public void Changes_that_cannot_be_read_are_refused_by_name_and_kept(int offset, string why)
    {
        using (var environment = Open())
        {
            Make(environment, "old");
        }

        var journal = Path.Combine(Folder, "00000001.journal");
        var bytes = File.ReadAllBytes(journal);
        bytes[offset] = 9;
        File.WriteAllBytes(journal, bytes);
        var refused = Assert.Throws<StoreException>(() => Open());
        Assert.Equal(StoreFault.Mismatched, refused.Fault);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains(journal, refused.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(journal));
    }

    [Fact]
    public void A_former_holder_makes_no_more_changes()
    {
        using var environment = Open();
        Make(environment, "mine");
        File.Delete(Path.Combine(Folder, "writer"));
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("took over the write lock", Assert.Throws<TreeException>(() => Make(environment, "late")).Message, StringComparison.Ordinal);
        Assert.NotEqual(WriterKind.Mine, environment.Status.Writer);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    public void Changes_of_a_write_protectedImage_are_the_users_own(UnixFileMode mode, bool isPersonal)
    {
        File.SetUnixFileMode(Image, mode);
        using (var environment = Open())
        {
            Make(environment, "own");
            Assert.Equal(isPersonal, environment.Status.PersonalFolder is not null);
        }

        Assert.Equal(!isPersonal, Directory.Exists(Folder));
        Assert.Equal(isPersonal, Directory.Exists(Sandbox.Layout.LayerDirectory));
        File.SetUnixFileMode(Image, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        // Existing personal changes continue to be used even if the image becomes writable.
        using var again = Open();
        Assert.True(again.Tree.TryLookup(NodeId.Root, "own"u8, out _));
        Assert.Equal(isPersonal, again.Status.PersonalFolder is not null);
    }

    [Fact]
    public void A_torn_end_is_reported()
    {
        using (var environment = Open())
        {
            Make(environment, "kept");
        }

        File.AppendAllText(Path.Combine(Folder, "00000001.journal"), "torn");
        using var again = Open();
        Assert.Contains("last 4 bytes", Assert.Single(again.Notes), StringComparison.Ordinal);
        Assert.True(again.Tree.TryLookup(NodeId.Root, "kept"u8, out _));
    }

    [Fact]
    public void Discarding_is_refused_during_writes_and_removes_everything_afterwards()
    {
        var archive = Sandbox.Catalog.Get(EnvironmentName.Parse("env"));
        using (var environment = Open())
        {
            Make(environment, "lost");
            Assert.Equal(
                StoreFault.Busy, Assert.Throws<StoreException>(() => ChangeDiscarding.Begin(Sandbox.Layout, archive, Writers.Here(), Clock)).Fault);
        }

        using (var discarding = ChangeDiscarding.Begin(Sandbox.Layout, archive, Writers.Here(), Clock))
        {
            Assert.True(discarding.HasChanges);
            discarding.Remove();
        }

        Assert.False(Directory.Exists(Folder));
        using var nothing = ChangeDiscarding.Begin(Sandbox.Layout, archive, Writers.Here(), Clock);
        Assert.False(nothing.HasChanges);
    }

    [Fact]
    public void The_difference_is_read_while_it_is_written()
    {
        using var environment = Open();
        Make(environment, "new");
        var difference = EnvironmentDifference.Read(Sandbox.Layout, Sandbox.Catalog.Get(EnvironmentName.Parse("env")), Clock);
        Assert.Equal("new"u8.ToArray(), Assert.Single(difference.Paths).Path.ToArray());
        Assert.Equal(1, difference.PendingChanges);
    }

    [Fact]
    public void Changes_of_a_deleted_archive_are_leftovers_unless_they_are_written()
    {
        LeftoverFinder finder = new(Sandbox.Layout, Sandbox.Catalog, new Mounts.FuseMounter([], []), Writers.Here(), Clock);
        IEnumerable<Leftover> Mine() => finder.Find().Where(leftover => leftover.Subject == Folder);
        using (var environment = Open())
        {
            Make(environment, "x");
            Assert.Empty(Mine());
            File.Delete(Image);
            Assert.Null(Assert.Single(Mine()).Clean);
        }

        Assert.Single(Mine()).Clean!();
        Assert.False(Directory.Exists(Folder));
    }
}

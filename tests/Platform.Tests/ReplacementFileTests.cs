using System.Text;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Platform.Tests;

public sealed class ReplacementFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("condafuse-replacement").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_new_file_gets_its_permissions_by_its_descriptor_and_the_name_when_it_is_published()
    {
        File.WriteAllText(PathOf("archive"), "old");
        File.SetUnixFileMode(PathOf("archive"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.SetUser);
        using var folder = new DiskStorage().TryOpenFolder(_root)!;
        EntryRights? rights;
        using (var old = folder.Open("archive", StorageAccess.Read))
        {
            rights = old.Rights;
        }

        using (var replacement = new ReplacementFile(folder, "archive", rights))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(PathOf(replacement.Name)));
            Assert.True(ReplacementFile.IsNameFor(replacement.Name, "archive"));
            replacement.File.WriteAt(0, "new"u8);
            Assert.Equal("old", File.ReadAllText(PathOf("archive")));
            replacement.Publish();
        }

        Assert.Equal("new", File.ReadAllText(PathOf("archive")));
        Assert.Equal(["archive"], Directory.GetFiles(_root).Select(Path.GetFileName));
    }

    [Fact]
    public void A_target_created_meanwhile_is_not_replaced_by_a_new_one()
    {
        using var folder = new DiskStorage().TryOpenFolder(_root)!;
        using (var replacement = new ReplacementFile(folder, "archive", rights: null))
        {
            File.WriteAllText(PathOf("archive"), "of another process");
            Assert.Equal(Errno.EEXIST, Assert.Throws<PlatformException>(replacement.PublishNew).Errno);
        }

        Assert.Equal("of another process", File.ReadAllText(PathOf("archive")));
        File.Delete(PathOf("archive"));
        using (var replacement = new ReplacementFile(folder, "archive", rights: null))
        {
            replacement.PublishNew();
        }

        Assert.Equal(["archive"], Directory.GetFiles(_root).Select(Path.GetFileName));
    }

    [Fact]
    public void No_other_user_can_read_it_before_it_has_its_permissions()
    {
        using var folder = new DiskStorage().TryOpenFolder(_root)!;
        folder.Open("private", StorageAccess.CreatePrivate).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("private")));
    }

    [Fact]
    public void An_unpublished_file_leaves_nothing()
    {
        using (var folder = new DiskStorage().TryOpenFolder(_root)!)
        {
            new ReplacementFile(folder, "archive").Dispose();
        }

        Assert.Empty(Directory.GetFiles(_root));
    }

    [Fact]
    public void A_symlink_of_the_name_is_replaced_and_its_target_is_unchanged()
    {
        File.WriteAllText(PathOf("victim"), "mine");
        File.CreateSymbolicLink(PathOf("archive"), PathOf("victim"));
        using var folder = new DiskStorage().TryOpenFolder(_root)!;
        using var replacement = new ReplacementFile(folder, "archive", new EntryRights(Identity.UserId, Identity.GroupId, 0x1FF));
        replacement.Publish();

        Assert.Equal("mine", File.ReadAllText(PathOf("victim")));
        Assert.Null(new FileInfo(PathOf("archive")).LinkTarget);
    }

    [Fact]
    public void Another_group_gets_no_more_than_others()
    {
        Assert.Equal(0x180u, new EntryRights(0, 0, 0x1B0).PermissionsOfAnotherGroup); // 0660: 0600
        Assert.Equal(0x1A4u, new EntryRights(0, 0, 0x1B4).PermissionsOfAnotherGroup); // 0664: 0644
        Assert.Equal(0x1C0u, new EntryRights(0, 0, 0x1C0).PermissionsOfAnotherGroup);
    }

    [Fact]
    public void An_output_follows_the_users_own_symlink()
    {
        Directory.CreateDirectory(PathOf("elsewhere"));
        File.CreateSymbolicLink(PathOf("link"), "elsewhere/file");
        var (folder, name) = OutputPath.Open(PathOf("link"));
        using (folder)
        {
            Assert.Equal((PathOf("elsewhere"), "file"), (folder.Path, name));
        }

        File.CreateSymbolicLink(PathOf("loop"), "loop");
        Assert.Equal(Errno.ELOOP, Assert.Throws<PlatformException>(() => OutputPath.Open(PathOf("loop"))).Errno);
    }

    [Fact]
    public void An_output_replaces_regular_files_only()
    {
        Directory.CreateDirectory(PathOf("directory"));
        using (var folder = PrivateFolder.OpenOrMake(PathOf("private")))
        {
            var (writer, reader) = folder.OpenFifo("fifo");
            writer.Dispose();
            reader.Dispose();
        }

        File.CreateSymbolicLink(PathOf("link"), "private/fifo");
        Assert.Equal(Errno.EISDIR, Assert.Throws<PlatformException>(() => ReplacementFile.At(PathOf("directory"))).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<PlatformException>(() => ReplacementFile.At(PathOf("private/fifo"))).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<PlatformException>(() => ReplacementFile.At(PathOf("link"))).Errno);
        Assert.Equal(PathOf("private/fifo"), Assert.Single(Directory.GetFiles(PathOf("private"))));
    }

    [Fact]
    public void A_file_at_a_path_has_its_permissions_from_the_beginning()
    {
        File.WriteAllText(PathOf("file"), "old");
        File.SetUnixFileMode(PathOf("file"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Null(EntryRights.OfExisting(PathOf("absent")));
        using (var replacement = ReplacementFile.At(PathOf("file"), EntryRights.OfExisting(PathOf("file"))))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(replacement.Name)));
            replacement.Publish();
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("file")));
    }

    [RootFact]
    public void An_output_follows_no_symlink_of_another_user_in_a_world_writable_folder()
    {
        Directory.CreateDirectory(PathOf("tmp"));
        File.SetUnixFileMode(PathOf("tmp"), (UnixFileMode)0x3FF); // 1777
        File.CreateSymbolicLink(PathOf("tmp/out"), PathOf("victim"));
        using (var folder = EntryOpening.Directory(PathOf("tmp")))
        using (var lease = new HandleLease(folder))
        using (var link = EntryOpening.Reference(lease, Encoding.UTF8.GetBytes("out")))
        using (var entry = new HandleLease(link))
        {
            EntryAttributes.SetOwner(entry, 12345, 12345);
        }

        Assert.Equal(Errno.EACCES, Assert.Throws<PlatformException>(() => OutputPath.Open(PathOf("tmp/out"))).Errno);
        Assert.False(File.Exists(PathOf("victim")));
    }

    private string PathOf(string name) => Path.Combine(_root, name);
}

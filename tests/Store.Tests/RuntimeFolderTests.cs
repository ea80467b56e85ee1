using CondaFuse.Platform;

namespace CondaFuse.Store.Tests;

public sealed class RuntimeFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rün ").FullName;

    private string Preferred => Path.Combine(_root, "preferred");

    private string Fallback => Path.Combine(_root, "home", ".local", "fallback");

    [Fact]
    public void Mount_points_of_one_name_in_two_places_share_no_lock() =>
        Assert.NotEqual(RuntimeFolder.LockName("/a/x"), RuntimeFolder.LockName("/b/x"));

    [Fact]
    public void A_long_name_leaves_space_for_the_extension() =>
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(RuntimeFolder.LockName("/a/" + new string('ü', 126))), 1, 255);

    [Fact]
    public void A_record_s_name_contains_its_device()
    {
        Assert.Equal("0:55", RuntimeFolder.DeviceOf(RuntimeFolder.RecordName("0:55")));
        Assert.Null(RuntimeFolder.DeviceOf(RuntimeFolder.ControlName("0:55")));
    }

    [Fact]
    public void The_preferred_place_is_created_for_the_user_only()
    {
        Assert.Equal(Preferred, Folder().Path);
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(Preferred));
        Assert.False(Directory.Exists(Fallback));
    }

    [Fact]
    public void A_symbolic_link_at_the_preferred_place_is_not_followed()
    {
        Directory.CreateDirectory(Path.Combine(_root, "elsewhere"), (UnixFileMode)0x1C0);
        Directory.CreateSymbolicLink(Preferred, Path.Combine(_root, "elsewhere"));
        Assert.Equal(Fallback, Folder().Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_root, "elsewhere")));
    }

    [Theory]
    [InlineData(0x1FF)]
    [InlineData(0x1E8)]
    [InlineData(0x1C1)]
    public void A_directory_that_others_may_enter_is_not_used(int mode)
    {
        Directory.CreateDirectory(Preferred);
        File.SetUnixFileMode(Preferred, (UnixFileMode)mode);
        Assert.Equal(Fallback, Folder().Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Preferred));
    }

    [Fact]
    public void A_file_at_both_places_is_reported()
    {
        File.WriteAllText(Preferred, "");
        Directory.CreateDirectory(Path.GetDirectoryName(Fallback)!);
        File.WriteAllText(Fallback, "");
        var failure = Assert.Throws<StoreException>(() => Folder().Path);
        Assert.Contains(Preferred, failure.Message, StringComparison.Ordinal);
        Assert.Contains(Fallback, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_another_user_is_not_used()
    {
        Directory.CreateDirectory(Preferred, (UnixFileMode)0x1C0);
        Assert.Null(Record.Exception(() => PrivateFolder.TryOpen(Preferred, Identity.UserId)!.Dispose()));
        Assert.Throws<PrivateFolderException>(() => PrivateFolder.TryOpen(Preferred, Identity.UserId + 1));
    }

    [Fact]
    public void Files_are_neither_reached_through_links_nor_waited_for()
    {
        var folder = Folder().Chosen;
        var victim = Path.Combine(_root, "victim");
        File.WriteAllText(victim, "precious");
        File.CreateSymbolicLink(folder.Of("x"), victim);
        Assert.Throws<PlatformException>(() => folder.OpenToAppend("x"));
        Assert.Throws<PlatformException>(() => folder.OpenToLock("x"));
        Assert.Null(folder.TryRead("x", 100));
        folder.Write("x", "new"u8);
        Assert.Equal("precious", File.ReadAllText(victim));
        Assert.Equal("new"u8.ToArray(), folder.TryRead("x", 100));
        Assert.Null(folder.TryRead("x", 2));
        File.Delete(folder.Of("x"));
        Assert.Equal(
            0, ChildProcess.Start(new SpawnRequest { Program = "/usr/bin/mkfifo", Arguments = ["mkfifo", folder.Of("x")], Environment = [] }).Wait());
        Assert.Null(folder.TryRead("x", 100));
        Assert.Throws<PlatformException>(() => folder.OpenToAppend("x"));
        folder.Remove("x");
        folder.Remove("x");
    }

    [Fact]
    public void It_stays_the_same_folder_even_if_its_path_changes()
    {
        var folder = Folder().Chosen;
        Directory.Move(Preferred, Path.Combine(_root, "moved"));
        Directory.CreateDirectory(Preferred);
        folder.Write("record", "1"u8);
        using var listener = folder.Listen("socket");
        folder.Connect("socket", TimeSpan.FromMinutes(2)).Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Preferred));
        Assert.Equal(["record", "socket"], folder.List().Order(StringComparer.Ordinal));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private RuntimeFolder Folder() => new(Identity.UserId, [Preferred, Fallback]);
}

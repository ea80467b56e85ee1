using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>The contract of every writable tree. Run for the union over nothing, the union over an image, and a directory on disk.</summary>
public abstract partial class WritableTreeContract : IDisposable
{
    private const ushort SetUserId = 0x800;
    private const ushort SetGroupId = 0x400;

    private TreeSession? _session;

    /// <summary>
    /// Creates the tree: <c>old/</c> with <c>file</c> ("original"), <c>sub/</c>, <c>link</c> to <c>file</c>, <c>twin1</c> and <c>twin2</c> (hard
    /// links, "twins"), and <see cref="Large"/>.
    /// </summary>
    protected abstract IWritableTree Open();

    /// <summary>Whether the tree is the operating system's, which supports slightly less, and has its own times and numbers.</summary>
    protected virtual bool IsReal => false;

    private protected TreeSession T => _session ??= new TreeSession(Open());

    /// <summary>Fills an empty tree.</summary>
    internal static void Fill(TreeSession t)
    {
        t.MakeDirectory("old");
        t.MakeFile("old/file", "original");
        t.MakeDirectory("old/sub");
        t.MakeSymlink("old/link", "file");
        t.MakeFile("old/twin1", "twins");
        t.Link("old/twin1", "old/twin2");
        t.Tree.Write(t.MakeFile(Large).Node, 0, LargeContent, clearSetId: false);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _session?.Tree.Dispose();

    private protected static void Fails(TreeFailure failure, Action action) => Assert.Equal(failure, Assert.ThrowsAny<TreeException>(action).Failure);

    /// <summary>Advances the clock, so that new times are later.</summary>
    protected virtual void Tick()
    {
    }

    private static bool Later(Timestamp a, Timestamp b) => (a.Seconds, a.Nanoseconds).CompareTo((b.Seconds, b.Nanoseconds)) > 0;

    [Fact]
    public void A_new_file_is_found_listed_read_and_described()
    {
        var made = T.MakeFile("old/new", "content", 0x1A0, user: 5, group: 6);
        Assert.Equal(EntryKind.File, made.Kind);
        Assert.Equal(0x1A0, made.Permissions);
        Assert.Equal((5u, 6u, 1u, 7L), (made.UserId, made.GroupId, made.LinkCount, made.Size));
        Assert.Equal("content", T.Read("old/new"));
        Assert.Equal(made.Inode, T.Stat("old/new").Inode);
        Assert.Equal(made.Node, T.Find("old/new"));
        Assert.Equal(["file", "link", "new", "sub", "twin1", "twin2"], T.List("old"));
        var entry = T.Entries("old").Single(one => one.Name == "new").Entry;
        Assert.Equal((made.Node, made.Inode, EntryKind.File), (entry.Node, entry.Inode, entry.Kind));
    }

    [Fact]
    public void An_existing_name_cannot_be_created()
    {
        Fails(TreeFailure.Exists, () => T.MakeFile("old/file"));
        Fails(TreeFailure.Exists, () => T.MakeDirectory("old/sub"));
        Fails(TreeFailure.Exists, () => T.MakeSymlink("old/link", "x"));
        Fails(TreeFailure.Exists, () => T.Link("old/file", "old/twin1"));
        T.MakeFile("old/new");
        Fails(TreeFailure.Exists, () => T.MakeFile("old/new"));
    }

    [Fact]
    public void Every_kind_can_be_created()
    {
        Assert.Equal(EntryKind.Fifo, T.Make("fifo", new NewEntry(EntryKind.Fifo, 0x180, 0, 0)).Kind);
        Assert.Equal(EntryKind.Socket, T.Make("socket", new NewEntry(EntryKind.Socket, 0x180, 0, 0)).Kind);
        T.Make("device", new NewEntry(EntryKind.CharacterDevice, 0x180, 0, 0) { DeviceMajor = 1, DeviceMinor = 300 });
        var device = T.Stat("device");
        Assert.Equal((EntryKind.CharacterDevice, 1u, 300u), (device.Kind, device.DeviceMajor, device.DeviceMinor));
        T.MakeSymlink("symlink", "some/where");
        Assert.Equal("some/where", T.ReadLink("symlink"));
        Assert.Equal(10, T.Stat("symlink").Size);
        Assert.Equal(EntryKind.Directory, T.MakeDirectory("directory").Kind);
    }

    [Fact]
    public void Links_count_names_and_directories_count_subdirectories()
    {
        Assert.Equal(2u, T.Stat("old/twin1").LinkCount);
        Assert.Equal(3u, T.Link("old/twin1", "third").LinkCount);
        Assert.Equal("twins", T.Read("third"));
        T.Unlink("old/twin1");
        Assert.Equal(2u, T.Stat("third").LinkCount);
        Assert.Equal(3u, T.Stat("old").LinkCount);
        T.MakeDirectory("old/more");
        Assert.Equal(4u, T.Stat("old").LinkCount);
        Assert.Equal(2u, T.Stat("old/more").LinkCount);
        T.Rename("old/more", "old/sub/more");
        Assert.Equal((3u, 3u), (T.Stat("old").LinkCount, T.Stat("old/sub").LinkCount));
        T.RemoveDirectory("old/sub/more");
        T.RemoveDirectory("old/sub");
        Assert.Equal(2u, T.Stat("old").LinkCount);
    }

    [Fact]
    public void A_directory_cannot_be_linked()
    {
        Fails(TreeFailure.NotPermitted, () => T.Link("old", "again"));
    }

    [Fact]
    public void Removing_takes_the_right_kind_only()
    {
        Fails(TreeFailure.IsADirectory, () => T.Unlink("old/sub"));
        Fails(TreeFailure.NotADirectory, () => T.RemoveDirectory("old/file"));
        Fails(TreeFailure.NotFound, () => T.Unlink("old/nothing"));
        Fails(TreeFailure.NotFound, () => T.RemoveDirectory("old/nothing"));
        Fails(TreeFailure.NotEmpty, () => T.RemoveDirectory("old"));
        T.Unlink("old/file");
        T.RemoveDirectory("old/sub");
        Assert.False(T.Exists("old/file"));
        Assert.Equal(["link", "twin1", "twin2"], T.List("old"));
    }

    [Fact]
    public void A_directory_can_be_removed_once_it_is_empty()
    {
        foreach (var name in (string[])["file", "link", "twin1", "twin2"])
        {
            T.Unlink($"old/{name}");
        }

        Fails(TreeFailure.NotEmpty, () => T.RemoveDirectory("old"));
        T.RemoveDirectory("old/sub");
        T.MakeFile("old/last");
        Fails(TreeFailure.NotEmpty, () => T.RemoveDirectory("old"));
        T.Unlink("old/last");
        T.RemoveDirectory("old");
        Assert.Equal([Large], T.List(""));
    }

    [Fact]
    public void Nothing_can_be_created_in_a_removed_directory()
    {
        var sub = T.Find("old/sub");
        T.RemoveDirectory("old/sub");
        Fails(TreeFailure.NotFound, () => T.Tree.Create(sub, "x"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0)));
        Fails(TreeFailure.NotFound, () => T.Tree.Create(sub, "x"u8, new NewEntry(EntryKind.Directory, 0x1ED, 0, 0)));
        Fails(TreeFailure.NotFound, () => T.Tree.Link(T.Find("old/file"), sub, "x"u8));
        Fails(TreeFailure.NotFound, () => T.Tree.Rename(T.Find("old"), "file"u8, sub, "x"u8, RenameMode.Replace));
        Assert.Equal(0u, T.Tree.GetAttributes(sub).LinkCount);
    }

    [Fact]
    public void A_removed_file_stays_readable_by_its_handle()
    {
        var file = T.Find("old/file");
        T.Unlink("old/file");
        Assert.Equal(0u, T.Tree.GetAttributes(file).LinkCount);
        Assert.Equal("original", T.Read(file));
        T.Tree.Write(file, 8, "!"u8, clearSetId: false);
        Assert.Equal("original!", T.Read(file));
        Fails(TreeFailure.NotFound, () => T.Tree.Link(file, T.Find("old"), "back"u8));
        T.Tree.Forget(file);
        Assert.False(T.Exists("old/file"));
    }

    [Fact]
    public void A_file_without_a_name_can_get_one()
    {
        var file = T.Tree.CreateUnnamed(T.Find("old"), new NewEntry(EntryKind.File, 0x180, 0, 0));
        Assert.Equal(0u, file.LinkCount);
        T.Tree.Write(file.Node, 0, "hidden"u8, clearSetId: false);
        Assert.Equal(1u, T.Tree.Link(file.Node, T.Find("old"), "shown"u8).LinkCount);
        Assert.Equal("hidden", T.Read("old/shown"));
        T.Unlink("old/shown");
        Fails(TreeFailure.NotFound, () => T.Tree.Link(file.Node, T.Find("old"), "again"u8));
    }

    [Fact]
    public void Renaming_moves_files_and_whole_directories()
    {
        var inode = T.Stat("old/file").Inode;
        T.MakeDirectory("new");
        T.Rename("old/file", "new/moved");
        Assert.Equal(inode, T.Stat("new/moved").Inode);
        Assert.False(T.Exists("old/file"));
        T.Rename("old", "new/older");
        Assert.Equal(["link", "sub", "twin1", "twin2"], T.List("new/older"));
        Assert.Equal([Large, "new"], T.List(""));
        Assert.Equal(T.Stat("new").Inode, T.Tree.GetParentInode(T.Find("new/older")));
        Assert.Equal("twins", T.Read("new/older/twin1"));
    }

    [Fact]
    public void Renaming_over_a_name_replaces_its_entry()
    {
        var file = T.Find("old/file");
        T.MakeFile("new", "newer");
        T.Rename("new", "old/file");
        Assert.Equal("newer", T.Read("old/file"));
        Assert.Equal(0u, T.Tree.GetAttributes(file).LinkCount);
        Assert.Equal("original", T.Read(file));
        T.MakeDirectory("empty");
        T.MakeFile("empty/not");
        Fails(TreeFailure.NotEmpty, () => T.Rename("old/sub", "empty"));
        T.Unlink("empty/not");
        T.Rename("old/sub", "empty");
        Assert.False(T.Exists("old/sub"));
        Assert.Equal(2u, T.Stat("old").LinkCount);
    }

    [Fact]
    public void Impossible_renames_are_refused()
    {
        T.MakeDirectory("old/sub/deep");
        Fails(TreeFailure.Invalid, () => T.Rename("old", "old/sub/deep/old"));
        Fails(TreeFailure.Invalid, () => T.Rename("old", "old/x"));
        Fails(TreeFailure.NotEmpty, () => T.Rename("old/sub/deep", "old"));
        Fails(TreeFailure.IsADirectory, () => T.Rename("old/file", "old/sub"));
        Fails(TreeFailure.NotADirectory, () => T.Rename("old/sub", "old/file"));
        Fails(TreeFailure.NotFound, () => T.Rename("old/nothing", "x"));
        Fails(TreeFailure.Exists, () => T.Rename("old/file", "old/twin1", RenameMode.NoReplace));
        Fails(TreeFailure.NotFound, () => T.Rename("old/file", "x", RenameMode.Exchange));
        T.Rename("old/file", "old/other", RenameMode.NoReplace);
        Assert.Equal("original", T.Read("old/other"));
    }

    [Fact]
    public void Renaming_a_name_to_another_of_the_same_entry_does_nothing()
    {
        T.Rename("old/twin1", "old/twin2");
        Assert.Equal(["file", "link", "sub", "twin1", "twin2"], T.List("old"));
        T.Rename("old/sub", "old/sub");
        Assert.True(T.Exists("old/sub"));
    }

    [Fact]
    public void Exchanging_swaps_two_names()
    {
        T.MakeDirectory("d");
        T.MakeFile("d/f", "inside");
        T.Rename("old/file", "d", RenameMode.Exchange);
        Assert.Equal("original", T.Read("d"));
        Assert.Equal("inside", T.Read("old/file/f"));
        Assert.Equal((4u, 3u), (T.Stat("old").LinkCount, T.Stat("").LinkCount));
        Assert.Equal(T.Stat("old").Inode, T.Tree.GetParentInode(T.Find("old/file")));
        Fails(TreeFailure.Invalid, () => T.Rename("old", "old/file", RenameMode.Exchange));
    }

    [Fact]
    public void Names_of_255_bytes_are_kept_and_longer_ones_refused()
    {
        var longest = new string('n', 255);
        T.MakeFile(longest, "x");
        Assert.Equal("x", T.Read(longest));
        Assert.Contains(longest, T.List(""));
        T.Rename(longest, "old/" + new string('m', 255));
        Fails(TreeFailure.NameTooLong, () => T.MakeFile(new string('n', 256)));
        Fails(TreeFailure.NameTooLong, () => T.Rename("old/file", new string('n', 256)));
        Fails(TreeFailure.NameTooLong, () => T.Link("old/file", new string('n', 256)));
        T.MakeSymlink("long", new string('t', 4095));
        Assert.Equal(4095, T.ReadLink("long").Length);
        Fails(TreeFailure.NameTooLong, () => T.MakeSymlink("longer", new string('t', 4096)));
    }

    [Fact]
    public void A_set_group_id_directory_passes_on_its_group()
    {
        T.MakeDirectory("shared", group: 50);
        T.Tree.SetAttributes(T.Find("shared"), new AttributeChanges { Permissions = 0x1ED | SetGroupId });
        Assert.Equal(50u, T.MakeFile("shared/f", group: 7).GroupId);
        var sub = T.MakeDirectory("shared/d", group: 7);
        Assert.Equal(50u, sub.GroupId);
        Assert.Equal(0x1ED | SetGroupId, sub.Permissions);
        Assert.Equal(7u, T.MakeFile("old/f", group: 7).GroupId);
    }
}

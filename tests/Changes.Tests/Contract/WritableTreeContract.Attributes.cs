using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <content>Attributes and times.</content>
public abstract partial class WritableTreeContract
{
    [Fact]
    public void Attributes_are_set_one_by_one()
    {
        var file = T.Find("old/file");
        Assert.Equal(0xED9, T.Tree.SetAttributes(file, new AttributeChanges { Permissions = 0xED9 }).Permissions);
        Assert.Equal(0xED9, T.Stat("old/file").Permissions);
        T.Tree.SetAttributes(file, new AttributeChanges { UserId = 12 });
        T.Tree.SetAttributes(file, new AttributeChanges { GroupId = 13 });
        var after = T.Tree.SetAttributes(
            file, new AttributeChanges { Modified = new Timestamp(-5, 999_999_999), Accessed = new Timestamp(1L << 33, 1) });
        Assert.Equal((12u, 13u), (after.UserId, after.GroupId));
        Assert.Equal((new Timestamp(-5, 999_999_999), new Timestamp(1L << 33, 1)), (after.Modified, after.Accessed));
        Assert.Equal("original", T.Read(file));
        var accessed = T.Tree.SetAttributes(file, new AttributeChanges { Modified = new Timestamp(77) }).Accessed;
        Assert.Equal(new Timestamp(1L << 33, 1), accessed);
    }

    [Fact]
    public void Setting_one_time_leaves_the_other()
    {
        var before = T.Stat("old/file");
        var after = T.Tree.SetAttributes(before.Node, new AttributeChanges { Modified = new Timestamp(1234, 5) });
        Assert.Equal(before.Accessed ?? before.Modified, after.Accessed);
        after = T.Tree.SetAttributes(before.Node, new AttributeChanges { Accessed = new Timestamp(99, 9) });
        Assert.Equal((new Timestamp(99, 9), new Timestamp(1234, 5)), (after.Accessed, after.Modified));
    }

    [Fact]
    public void Unprivileged_writers_clear_set_ids()
    {
        if (IsReal)
        {
            // Root has this permission.
            return;
        }

        foreach (var (before, after) in ((ushort, ushort)[])[(0xDFF, 0x1FF), (0xDED, 0x1ED), (0xDE5, 0x5E5), (0x9FF, 0x1FF)])
        {
            Assert.Equal(after, AfterClearing(before, node => T.Tree.Write(node, 0, "x"u8, clearSetId: true)));
            Assert.Equal(after, AfterClearing(before, node => T.Tree.SetAttributes(node, new AttributeChanges { Size = 3, ClearSetId = true })));
            Assert.Equal(after, AfterClearing(before, node => T.Tree.SetAttributes(node, new AttributeChanges { UserId = 3, ClearSetId = true })));
            Assert.Equal(before, AfterClearing(before, node => T.Tree.Write(node, 0, "x"u8, clearSetId: false)));
        }
    }

    [Fact]
    public void Every_operation_updates_times_as_posix_requires()
    {
        foreach (var (name, action, content, attributes) in TimedOperations())
        {
            var before = content.Concat(attributes).Distinct(StringComparer.Ordinal).ToDictionary(path => path, T.Stat, StringComparer.Ordinal);
            var root = T.Stat("old/file");
            Tick();
            action();
            foreach (var path in content)
            {
                var now = T.Tree.GetAttributes(before[path].Node);
                Assert.True(Later(now.Modified, before[path].Modified), $"{name}: content of {path}");
                Assert.True(Later(now.Changed, before[path].Changed), $"{name}: attributes of {path}");
            }

            foreach (var path in attributes)
            {
                var now = T.Tree.GetAttributes(before[path].Node);
                Assert.True(now.Modified == before[path].Modified, $"{name}: content of {path}");
                Assert.True(Later(now.Changed, before[path].Changed), $"{name}: attributes of {path}");
            }

            Assert.Equal(root.Modified, T.Tree.GetAttributes(root.Node).Modified);
        }
    }

    [Fact]
    public void New_entries_have_the_time_of_their_creation()
    {
        var before = T.Stat("old/file");
        Tick();
        foreach (var made in (Attributes[])[
                T.MakeFile("f"),
                T.MakeDirectory("d"),
                T.MakeSymlink("s", "t"),
                T.Make("p", new NewEntry(EntryKind.Fifo, 0x180, 0, 0)),
            ])
        {
            Assert.True(Later(made.Changed, before.Changed));
            Assert.True(IsReal || (made.Changed, made.Changed) == (made.Modified, made.Accessed));
        }
    }

    [Fact]
    public void Failed_operations_change_no_times()
    {
        var before = (T.Stat("old"), T.Stat("old/file"), T.Stat("old/sub"));
        Tick();
        Fails(TreeFailure.Exists, () => T.MakeFile("old/file"));
        Fails(TreeFailure.NotFound, () => T.Unlink("old/none"));
        Fails(TreeFailure.IsADirectory, () => T.Rename("old/file", "old/sub"));
        Fails(TreeFailure.NotADirectory, () => T.RemoveDirectory("old/file"));
        Assert.Equal(before, (T.Stat("old"), T.Stat("old/file"), T.Stat("old/sub")));
    }

    [Fact]
    public void Extended_attributes_are_set_and_removed()
    {
        T.Tree.SetXattr(T.Find("old/file"), "user.one"u8, "1"u8, XattrMode.Any);
        T.Tree.SetXattr(T.Find("old/file"), "user.two"u8, "22"u8, XattrMode.Create);
        T.Tree.SetXattr(T.Find("old/file"), "user.one"u8, ""u8, XattrMode.Replace);
        Assert.Equal(["user.one", "user.two"], T.ListXattrs("old/file"));
        Assert.Equal("22", T.GetXattr("old/file", "user.two"));
        Assert.Equal("", T.GetXattr("old/file", "user.one"));
        Assert.Null(T.GetXattr("old/file", "user.three"));
        Fails(TreeFailure.Exists, () => T.Tree.SetXattr(T.Find("old/file"), "user.two"u8, "x"u8, XattrMode.Create));
        Fails(TreeFailure.NoXattr, () => T.Tree.SetXattr(T.Find("old/file"), "user.three"u8, "x"u8, XattrMode.Replace));
        Fails(TreeFailure.NoXattr, () => T.Tree.RemoveXattr(T.Find("old/file"), "user.three"u8));
        Fails(TreeFailure.RangeTooSmall, () => T.Tree.TryGetXattr(T.Find("old/file"), "user.two"u8, new byte[1], out _));
        Fails(TreeFailure.RangeTooSmall, () => T.Tree.ListXattrs(T.Find("old/file"), new byte[5]));
        T.Tree.RemoveXattr(T.Find("old/file"), "user.two"u8);
        Assert.Equal(["user.one"], T.ListXattrs("old/file"));
        T.Tree.SetXattr(T.Find("old"), "user.directory"u8, "d"u8, XattrMode.Any);
        Assert.Equal("d", T.GetXattr("old", "user.directory"));
    }

    [Fact]
    public void Extended_attributes_of_the_users_are_for_files_and_directories()
    {
        Fails(TreeFailure.NotPermitted, () => T.Tree.SetXattr(T.Find("old/link"), "user.x"u8, "x"u8, XattrMode.Any));
        Fails(TreeFailure.Unsupported, () => T.Tree.SetXattr(T.Find("old/file"), "nonsense.x"u8, "x"u8, XattrMode.Any));
    }

    private ushort AfterClearing(ushort permissions, Action<NodeId> action)
    {
        var node = T.MakeFile("clearing", "abc").Node;
        T.Tree.SetAttributes(node, new AttributeChanges { Permissions = permissions });
        action(node);
        var after = T.Tree.GetAttributes(node).Permissions;
        T.Unlink("clearing");
        return after;
    }

    private IEnumerable<(string Name, Action Action, string[] Content, string[] Attributes)> TimedOperations()
    {
        yield return ("create", () => T.MakeFile("old/a"), ["old"], []);
        yield return ("mkdir", () => T.MakeDirectory("old/sub/d"), ["old/sub"], []);
        yield return ("symlink", () => T.MakeSymlink("old/s", "x"), ["old"], []);
        yield return ("link", () => T.Link("old/file", "old/b"), ["old"], ["old/file"]);
        yield return ("unlink", () => T.Unlink("old/b"), ["old"], ["old/file"]);
        yield return ("rename", () => T.Rename("old/a", "old/sub/a"), ["old", "old/sub"], ["old/a"]);
        yield return ("rename over", () => T.Rename("old/sub/a", "old/twin1"), ["old", "old/sub"], ["old/sub/a", "old/twin1"]);
        yield return ("rename a directory", () => T.Rename("old/sub/d", "old/d"), ["old", "old/sub"], ["old/sub/d"]);
        yield return ("another", () => T.MakeFile("old/sub/e2"), ["old/sub"], []);
        yield return ("exchange", () => T.Rename("old/d", "old/sub/e2", RenameMode.Exchange), ["old", "old/sub"], ["old/d", "old/sub/e2"]);
        yield return ("rmdir", () => T.RemoveDirectory("old/sub/e2"), ["old/sub"], []);
        yield return ("write", () => T.Write("old/twin2", 0, "W"), ["old/twin2"], []);
        yield return ("truncate", () => T.Tree.SetAttributes(T.Find("old/twin2"), new AttributeChanges { Size = 2 }), ["old/twin2"], []);
        yield return ("chmod", () => T.Tree.SetAttributes(T.Find("old/file"), new AttributeChanges { Permissions = 0x180 }), [], ["old/file"]);
        yield return ("chown", () => T.Tree.SetAttributes(T.Find("old/file"), new AttributeChanges { UserId = 1 }), [], ["old/file"]);
        yield return ("setxattr", () => T.Tree.SetXattr(T.Find("old/file"), "user.t"u8, "1"u8, XattrMode.Any), [], ["old/file"]);
        yield return ("removexattr", () => T.Tree.RemoveXattr(T.Find("old/file"), "user.t"u8), [], ["old/file"]);
        yield return ("copy", () => T.Tree.CopyRange(T.Find("old/file"), 0, T.Find("old/twin2"), 0, 4), ["old/twin2"], []);
        yield return ("punch", () => T.Tree.Allocate(T.Find("old/twin2"), 0, 1, AllocateMode.PunchHole), ["old/twin2"], []);
    }
}

using System.Text;
using CondaFuse.Changes.Rebasing;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Rebasing;

public sealed class LayerRebaseTests : IDisposable
{
    private readonly RebaseFixture _layer = new();

    private TreeSession Mine => _layer.Mine;

    private TreeSession Theirs => _layer.Theirs;

    public void Dispose() => _layer.Dispose();

    [Fact]
    public void Changes_of_only_one_side_are_all_kept()
    {
        Mine.MakeFile("lib/mine", "made here");
        Mine.Write("lib/a", 0, "CHANGED HERE");
        Mine.Unlink("lib/b");
        Mine.Rename("lib/deep", "deeper");
        Mine.Tree.SetAttributes(Mine.Find("lib/link"), new AttributeChanges { Modified = new Timestamp(77, 7) });
        Theirs.MakeFile("lib/theirs", "made there");
        Theirs.Write("lib/c", 0, "CHANGED THERE");
        Theirs.MakeFile("lib/deep/new", "in the directory that moved");
        Theirs.Unlink("lib/moving");

        var after = _layer.Rebase();
        Assert.Empty(_layer.Conflicts);
        Assert.Equal(["a", "big", "c", "link", "mine", "theirs"], after.List("lib"));
        Assert.Equal(("made here", "made there"), (after.Read("lib/mine"), after.Read("lib/theirs")));
        Assert.Equal(("CHANGED HERE", "CHANGED THERE"), (after.Read("lib/a"), after.Read("lib/c")));
        Assert.Equal("in the directory that moved", after.Read("deeper/new"));
        Assert.Equal("number 7", after.Read("deeper/file7"));
        Assert.Equal(new Timestamp(77, 7), after.Stat("lib/link").Modified);
    }

    [Fact]
    public void Without_changes_in_the_image_the_layer_stays_exactly_the_same()
    {
        Mine.MakeFile("lib/mine", "made here");
        Mine.Rename("lib/b", "lib/deep/b");
        Mine.Write("lib/big", 5000, "here");
        Mine.Tree.SetXattr(Mine.Find("lib/c"), "user.mine"u8, "1"u8, XattrMode.Any);
        Mine.Link("lib/a", "twin");
        Mine.MakeDirectory("new");
        Mine.MakeSymlink("new/link", "nowhere");
        var text = Property.TreeText.Of(Mine.Tree, allTimes: true);
        Assert.Equal(text, Property.TreeText.Of(_layer.Rebase().Tree, allTimes: true));
    }

    [Theory]
    [InlineData(RebaseSide.Mine, "CHANGED HERE")]
    [InlineData(RebaseSide.Theirs, "CHANGED THERE")]
    public void A_file_that_both_changed_is_a_conflict(RebaseSide keep, string content)
    {
        Mine.Write("lib/a", 0, "CHANGED HERE");
        Theirs.Write("lib/a", 0, "CHANGED THERE");
        var after = _layer.Rebase(keep);
        Expect("lib/a Changed Changed");
        Assert.StartsWith(content, after.Read("lib/a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RebaseSide.Mine, "here")]
    [InlineData(RebaseSide.Theirs, "there")]
    public void A_name_given_by_both_is_a_conflict_unless_the_entries_are_equal(RebaseSide keep, string content)
    {
        Mine.MakeFile("lib/x", "here");
        Mine.MakeFile("lib/same", "equal");
        Mine.MakeDirectory("package");
        Mine.MakeFile("package/mine", "1");
        Theirs.MakeFile("lib/x", "there");
        Theirs.MakeFile("lib/same", "equal", user: 7);
        Theirs.MakeDirectory("package");
        Theirs.MakeFile("package/theirs", "2");
        var after = _layer.Rebase(keep);
        Expect("lib/x Added Added");
        Assert.Equal((content, "equal"), (after.Read("lib/x"), after.Read("lib/same")));
        Assert.Equal(["mine", "theirs"], after.List("package"));
    }

    [Theory]
    [InlineData(RebaseSide.Mine)]
    [InlineData(RebaseSide.Theirs)]
    public void Removed_on_one_side_and_changed_on_the_other_is_a_conflict(RebaseSide keep)
    {
        Mine.Unlink("lib/a");
        Mine.Write("lib/b", 0, "HERE");
        Mine.Tree.SetAttributes(Mine.Find("lib/c"), new AttributeChanges { Permissions = 0x180 });
        Theirs.Write("lib/a", 0, "THERE");
        Theirs.Unlink("lib/b");
        Theirs.Unlink("lib/c");
        var after = _layer.Rebase(keep);
        Expect("lib/a Removed Changed", "lib/b Changed Removed", "lib/c Attributes Removed");
        Assert.Equal(
            keep == RebaseSide.Mine ? ["b", "big", "c", "deep", "link", "moving"] : ["a", "big", "deep", "link", "moving"], after.List("lib"));
        if (keep == RebaseSide.Mine)
        {
            Assert.Equal("HEREent of b", after.Read("lib/b"));
            Assert.Equal("content of c", after.Read("lib/c"));
            Assert.Equal(
                ("4", 0x180), (Encoding.Latin1.GetBytes(after.GetXattr("lib/c", "user.kept")!)[0].ToString(), after.Stat("lib/c").Permissions));
        }
    }

    [Theory]
    [InlineData(RebaseSide.Mine, "HERE")]
    [InlineData(RebaseSide.Theirs, "THERE")]
    public void Rewritten_files_are_a_conflict_too(RebaseSide keep, string content)
    {
        Replace(Mine, "lib/a", "HERE");
        Replace(Theirs, "lib/a", "THERE");
        Replace(Mine, "lib/b", "HERE");
        Theirs.Write("lib/b", 0, "THERE in place");
        Mine.Write("lib/c", 0, "HERE in place");
        Replace(Theirs, "lib/c", "THERE");
        var after = _layer.Rebase(keep);
        Expect("lib/a Changed Changed", "lib/b Changed Changed", "lib/c Changed Changed");
        Assert.All(["lib/a", "lib/b", "lib/c"], path => Assert.StartsWith(content, after.Read(path), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RebaseSide.Mine)]
    [InlineData(RebaseSide.Theirs)]
    public void A_removed_directory_with_additions_on_the_other_side_is_a_conflict(RebaseSide keep)
    {
        Mine.MakeFile("lib/deep/mine", "kept");
        RemoveAll(Theirs, "lib/deep");
        var after = _layer.Rebase(keep);
        Expect("lib/deep/mine Added Removed");
        Assert.Equal(keep == RebaseSide.Mine, after.Exists("lib/deep"));
        if (keep == RebaseSide.Mine)
        {
            Assert.Equal(["mine"], after.List("lib/deep"));
        }
    }

    [Theory]
    [InlineData(RebaseSide.Mine)]
    [InlineData(RebaseSide.Theirs)]
    public void The_same_with_the_sides_exchanged(RebaseSide keep)
    {
        RemoveAll(Mine, "lib/deep");
        Theirs.MakeDirectory("lib/deep/theirs");
        Theirs.MakeFile("lib/deep/theirs/x", "kept");
        var after = _layer.Rebase(keep);
        Expect("lib/deep/theirs Removed Added");
        Assert.Equal(keep == RebaseSide.Theirs, after.Exists("lib/deep"));
        if (keep == RebaseSide.Theirs)
        {
            Assert.Equal(["theirs"], after.List("lib/deep"));
            Assert.Equal("kept", after.Read("lib/deep/theirs/x"));
        }
    }

    [Theory]
    [InlineData(RebaseSide.Mine, "here")]
    [InlineData(RebaseSide.Theirs, "there")]
    public void A_directory_that_both_renamed_has_one_name(RebaseSide keep, string name)
    {
        Mine.Rename("lib/deep", "here");
        Theirs.Rename("lib/deep", "there");
        var after = _layer.Rebase(keep);
        Expect("here Renamed Renamed");
        Assert.Equal(new[] { "lib", name }.Order(), after.List(""));
        Assert.Equal(300, after.List(name).Length);
    }

    [Fact]
    public void Directories_moved_into_each_other_stay_in_the_tree()
    {
        Mine.Rename("lib/deep", "deep");
        Mine.Rename("lib", "deep/lib");
        _layer.Rebase();
        Assert.Empty(_layer.Conflicts);
        using var other = new RebaseFixture(session =>
        {
            session.MakeDirectory("one");
            session.MakeDirectory("two");
        });
        other.Mine.Rename("one", "two/one");
        other.Theirs.Rename("two", "one/two");
        var after = other.Rebase(RebaseSide.Mine);
        Assert.Single(other.Conflicts);
        Assert.Equal(["two"], after.List("one"));
    }

    [Theory]
    [InlineData(RebaseSide.Mine)]
    [InlineData(RebaseSide.Theirs)]
    public void An_entry_renamed_here_and_changed_there_is_both_unless_the_name_is_taken(RebaseSide keep)
    {
        Mine.Rename("lib/a", "lib/renamed");
        Mine.Rename("lib/b", "lib/taken");
        Theirs.Write("lib/a", 0, "THERE");
        Theirs.MakeFile("lib/taken", "there");
        var after = _layer.Rebase(keep);
        Expect("lib/taken Renamed Added");
        Assert.Equal("THEREnt of a", after.Read("lib/renamed"));
        Assert.False(after.Exists("lib/a"));
        Assert.Equal(keep == RebaseSide.Mine ? "content of b" : "there", after.Read("lib/taken"));

        // Neither side removed it.
        Assert.Equal(keep == RebaseSide.Theirs, after.Exists("lib/b"));
    }

    [Fact]
    public void Content_shared_with_a_file_changed_there_is_the_former_content()
    {
        Mine.MakeFile("copy");
        Mine.Tree.CopyRange(Mine.Find("lib/a"), 0, Mine.Find("copy"), 0, 100);
        Mine.MakeFile("part");
        Mine.Tree.CopyRange(Mine.Find("lib/big"), 1000, Mine.Find("part"), 0, 200_000);
        var part = Mine.ReadBytes(Mine.Find("part"));
        Theirs.Write("lib/a", 0, "THERE");
        Theirs.Unlink("lib/big");
        var after = _layer.Rebase();
        Assert.Empty(_layer.Conflicts);
        Assert.Equal(("THEREnt of a", "content of a"), (after.Read("lib/a"), after.Read("copy")));
        Assert.Equal(part, after.ReadBytes(after.Find("part")));
    }

    [Fact]
    public void Attributes_are_merged_one_by_one()
    {
        Mine.Tree.SetAttributes(Mine.Find("lib/a"), new AttributeChanges { Permissions = 0x180 });
        Theirs.Tree.SetXattr(Theirs.Find("lib/a"), "user.there"u8, "1"u8, XattrMode.Any);
        Theirs.Write("lib/a", 0, "THERE");
        var after = _layer.Rebase();
        Assert.Empty(_layer.Conflicts);
        Assert.Equal((0x180, "1", "THEREnt of a"), (after.Stat("lib/a").Permissions, after.GetXattr("lib/a", "user.there"), after.Read("lib/a")));
    }

    [Theory]
    [InlineData(150)]
    public void Random_changes_on_both_sides_merge_to_a_valid_tree_of_their_entries(int seeds)
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            using var random = new RebaseFixture();
            RandomLayer.Change(random.Mine, seed * 2, 12);
            RandomLayer.Change(random.Theirs, (seed * 2) + 1, 12);
            var (mine, theirs) = (RandomLayer.Contents(random.Mine), RandomLayer.Contents(random.Theirs));
            var before = RandomLayer.Contents(random.Former);
            foreach (var keep in (RebaseSide[])[RebaseSide.Theirs, RebaseSide.Mine])
            {
                var where = $"seed {seed}, {keep}";
                var after = RandomLayer.Contents(random.Rebase(keep));
                Assert.True(after.Values.All(content => mine.ContainsValue(content) || theirs.ContainsValue(content)), where);
                var conflicts = random.Conflicts.Select(conflict => Encoding.UTF8.GetString(conflict.Path.Span)).ToList();
                bool IsDisputed(string path) =>
                    conflicts.Exists(conflict => path == conflict || path.StartsWith($"{conflict}/", StringComparison.Ordinal));

                // Content that only this layer has, and that is in no conflict, must exist.
                foreach (var content in mine.Where(pair => !IsDisputed(pair.Key)).Select(pair => pair.Value).Except(before.Values))
                {
                    Assert.True(
                        after.ContainsValue(content) || conflicts.Count > 0,
                        $"{where}: {content} of the layer is lost\nbefore {Line(before)}\nhere {Line(mine)}\nthere {Line(theirs)}\nafter "
                        + $"{Line(after)}");
                }

                foreach (var content in theirs.Where(pair => !IsDisputed(pair.Key)).Select(pair => pair.Value).Except(before.Values))
                {
                    Assert.True(
                        after.ContainsValue(content) || conflicts.Count > 0,
                        $"{where}: {content} of the image is lost\nbefore {Line(before)}\nhere {Line(mine)}\nthere {Line(theirs)}\nafter "
                        + $"{Line(after)}");
                }
            }
        }
    }

    private static void Replace(TreeSession session, string path, string content)
    {
        session.MakeFile($"{path}.tmp", content);
        session.Rename($"{path}.tmp", path);
    }

    private static string Line(Dictionary<string, string> contents) => string.Join(' ', contents.Select(pair => $"{pair.Key}{pair.Value}"));

    private static void RemoveAll(TreeSession session, string directory)
    {
        foreach (var name in session.List(directory))
        {
            session.Unlink($"{directory}/{name}");
        }

        session.RemoveDirectory(directory);
    }

    private void Expect(params string[] conflicts) =>
        Assert.Equal(
            conflicts, _layer.Conflicts.Select(conflict => $"{Encoding.UTF8.GetString(conflict.Path.Span)} {conflict.Here} {conflict.There}"));
}

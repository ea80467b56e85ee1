using CondaFuse.Images.Disk;
using CondaFuse.Images.Tests;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Tests.Content;

public class LinkCopiesTests
{
    [Fact]
    public void A_copy_of_a_file_is_another_name_of_it()
    {
        var tree = new MemoryTree();
        tree.AddDirectory("lib");
        tree.AddFile("lib/libx.so.1.2", "code");
        tree.AddSymlink("lib/libx.so.1", "libx.so.1.2");
        tree.AddSymlink("lib/libx.so", "../lib/./libx.so.1");
        tree.AddSymlink("absolute", "/source/lib/libx.so");
        var copied = Copied(tree);
        Assert.Equal(["absolute", "lib/libx.so", "lib/libx.so.1", "lib/libx.so.1.2"], copied.Paths());
        foreach (var path in copied.Paths())
        {
            Assert.Equal("code", copied.Text(path));
            Assert.Equal(4u, copied.Find(path)!.Value.LinkCount);
            Assert.Equal(copied.Find("absolute")!.Value.Inode, copied.Find(path)!.Value.Inode);
        }
    }

    [Fact]
    public void A_directory_is_copied_with_the_links_in_it_and_where_its_own_target_is_one()
    {
        var tree = new MemoryTree();
        tree.AddDirectory("a");
        tree.AddDirectory("a/b");
        tree.AddDirectory("a/empty");
        tree.AddDirectory("c");
        tree.AddFile("a/b/file", "x");
        tree.AddFile("c/file", "y");
        tree.AddSymlink("a/b/up", "../../c");
        tree.AddSymlink("link", "other");
        tree.AddSymlink("other", "a");
        tree.AddSymlink("nothing", "link/empty");
        tree.AddSymlink("through", "link/b/up/file");
        var copied = Copied(tree);
        string[] below = ["b/file", "b/up/file", "empty/"];
        Assert.Equal(
            [
                .. below.Select(path => $"a/{path}"),
                "c/file",
                .. below.Select(path => $"link/{path}"),
                "nothing/",
                .. below.Select(path => $"other/{path}"),
                "through",
            ],
            copied.Paths());
        Assert.Equal("y", copied.Text("link/b/up/file"));
        Assert.Equal("y", copied.Text("through"));
    }

    [Theory]
    [InlineData("none", "its target does not exist")]
    [InlineData("file/below", "its target does not exist")]
    [InlineData("link", "is a loop of symlinks")]
    [InlineData(".", "points to a directory that contains it")]
    [InlineData("..", "points to a directory that contains it")]
    [InlineData("/source", "points to a directory that contains it")]
    [InlineData("../mutual/first", "points to a directory that contains it")]
    public void Links_that_cannot_be_copied_are_named_with_the_reason(string target, string why)
    {
        var tree = new MemoryTree();
        tree.AddDirectory("d");
        tree.AddDirectory("mutual");
        tree.AddDirectory("mutual/first");
        tree.AddFile("d/file", "x");
        tree.AddFile("mutual/file", "x");
        tree.AddSymlink("d/link", target);
        if (target.Contains("mutual", StringComparison.Ordinal))
        {
            tree.AddSymlink("mutual/first/back", "../../d");
        }

        var failure = Assert.Throws<PackingException>(() => Copied(tree));
        Assert.Equal(PackingFault.LinksWithoutCopies, failure.Fault);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains("--zip-symlinks", failure.Message, StringComparison.Ordinal);
        Assert.Contains("d/link ->", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_environment_a_copy_is_rewritten_like_its_original()
    {
        var placeholder = SampleEnvironment.Placeholder;
        var tree = PackedEnvironment.Of(
            new SampleEnvironment()
                .Managed("pkg", "lib/b.so.1", $"\u007fELF\0{placeholder}/lib\0tail\0", "binary")
                .Managed("pkg", "share/pkg/a.cfg", $"root = {placeholder}\n", "text")
                .Managed("pkg", "libexec/tool", $"#!{placeholder}/bin/python\nx\n", "text")
                .Link("lib/b.so", "b.so.1").Link("etc/pkg", "../share/pkg").Link("bin/tool", "../libexec/tool").Build(),
            new EnvironmentSettings { Prefix = SampleEnvironment.Prefix, Threads = 2, CopiesLinks = true }).Tree;
        var script = tree.Text("bin/conda-unpack");
        Assert.Contains($"(b\"lib/b.so\", b\"{placeholder}\", b\"binary\"),", script, StringComparison.Ordinal);
        Assert.Contains($"(b\"lib/b.so.1\", b\"{placeholder}\", b\"binary\"),", script, StringComparison.Ordinal);
        Assert.Contains($"(b\"etc/pkg/a.cfg\", b\"{placeholder}\", b\"text\"),", script, StringComparison.Ordinal);
        Assert.Equal($"root = {placeholder}\n", tree.Text("etc/pkg/a.cfg"));
        Assert.Equal("#!/usr/bin/env python\nx\n", tree.Text("bin/tool"));
    }

    [Fact]
    public void The_target_of_a_link_is_copied_even_if_it_is_excluded_itself()
    {
        var tree = PackedEnvironment.Of(
            new SampleEnvironment()
                .Managed("pkg", "lib/b.so.1", "code")
                .Link("lib/b.so", "b.so.1")
                .Own("doc/large", "x")
                .Link("share", "doc")
                .Build(),
            new EnvironmentSettings
            {
                Prefix = SampleEnvironment.Prefix,
                Threads = 1,
                CopiesLinks = true,
                Filters = [new(Includes: false, "lib/*.1"), new(Includes: false, "doc/*")],
            }).Tree;
        Assert.Equal("code", tree.Text("lib/b.so"));
        Assert.Null(tree.Find("lib/b.so.1"));
        Assert.Null(tree.Find("share"));
    }

    [Fact]
    public void Of_a_plain_directory_nothing_is_left_out()
    {
        var tree = new MemoryTree();
        tree.AddDirectory("pkgs");
        tree.AddFile("pkgs/x", "x");
        tree.AddFile("notes~", "x");
        Assert.Equal(["notes~", "pkgs/x"], Copied(tree).Paths());
    }

    [Fact]
    public void A_file_outside_is_copied_and_named()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["source/d"]);
        Directory.CreateDirectory(scratch["elsewhere"]);
        File.WriteAllText(scratch["elsewhere/file"], "outside");
        File.SetUnixFileMode(scratch["elsewhere/file"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(scratch["source/d/relative"], "../../elsewhere/file");
        File.CreateSymbolicLink(scratch["source/absolute"], scratch["elsewhere/file"]);
        File.CreateSymbolicLink(scratch["source/through"], "d/relative");
        using var source = DiskTree.Open(scratch["source"]);
        var (copied, warnings) = PackedDirectory.WithoutLinks(source, scratch["source"]);
        Assert.Equal(["absolute", "d/relative", "through"], copied.Paths());
        foreach (var path in copied.Paths())
        {
            Assert.Equal("outside", copied.Text(path));
            Assert.Equal(EntryKind.File, copied.Find(path)!.Value.Kind);
            Assert.Equal(0b1_0100_0000, copied.Find(path)!.Value.Permissions);
        }

        Assert.Contains("d/relative -> ../../elsewhere/file", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../elsewhere", "points to a directory outside of it")]
    [InlineData("../nothing", "its target does not exist")]
    [InlineData("/dev/null", "its target is not a regular file")]
    [InlineData("../loop", "is a loop of symlinks")]
    public void What_cannot_be_copied_from_outside_is_named_with_why(string target, string why)
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["source"]);
        Directory.CreateDirectory(scratch["elsewhere"]);
        File.CreateSymbolicLink(scratch["loop"], "loop");
        File.CreateSymbolicLink(scratch["source/link"], target);
        using var source = DiskTree.Open(scratch["source"]);
        var failure = Assert.Throws<PackingException>(() => _ = PackedDirectory.WithoutLinks(source, scratch["source"]).Tree);
        Assert.Contains($"link -> {target}: {why}", failure.Message, StringComparison.Ordinal);
    }

    private static IReadableTree Copied(MemoryTree tree) => PackedDirectory.WithoutLinks(tree, "/source").Tree;
}

using System.Text;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Tests;

public class RelocatedEnvironmentTests
{
    private const string Destination = "/home/other/envs/fork";

    private static readonly string Placeholder = SampleEnvironment.Placeholder;

    [Fact]
    public void Everything_with_the_old_prefix_gets_the_new_one()
    {
        var tree = Of(new SampleEnvironment()
            .Managed("pkg", "lib/a.cfg", $"root = {Placeholder}/lib\n", "text")
            .Managed("pkg", "lib/b.so", $"\u007fELF\0{Placeholder}/lib\0tail\0", "binary")
            .Own("bin/pip", $"#!{SampleEnvironment.Prefix}/bin/python\n")
            .Link("lib/link", $"{SampleEnvironment.Prefix}/lib/b.so").Link("lib/all", SampleEnvironment.Prefix).Link("lib/near", "b.so")
            .Link("lib/other", $"{SampleEnvironment.Prefix}-other/lib"));
        Assert.Equal($"root = {Destination}/lib\n", tree.Text("lib/a.cfg"));
        Assert.Equal($"#!{Destination}/bin/python\n", tree.Text("bin/pip"));
        Assert.StartsWith($"\u007fELF\0{Destination}/lib\0", tree.Text("lib/b.so"), StringComparison.Ordinal);
        Assert.Equal(
            ($"{Destination}/lib/b.so", Destination, "b.so", $"{SampleEnvironment.Prefix}-other/lib"),
            (tree.Target("lib/link"), tree.Target("lib/all"), tree.Target("lib/near"), tree.Target("lib/other")));
    }

    [Fact]
    public void Files_of_noarch_python_packages_are_relocated_where_conda_installed_them()
    {
        var tree = Of(new SampleEnvironment().Noarch("tool", "site-packages/tool/lib.so", $"\u007fELF\0{Placeholder}/lib\0tail\0", "binary"));
        Assert.StartsWith($"\u007fELF\0{Destination}/lib\0", tree.Text($"{SampleEnvironment.SitePackages}/tool/lib.so"), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_else_is_unchanged_including_what_packing_leaves_out_or_cleans()
    {
        var source = new SampleEnvironment()
            .Managed("pkg", "lib/c", "plain")
            .Own("envs/inner/file", SampleEnvironment.Prefix)
            .Empty("lib/empty")
            .Build();
        using var numbered = new NumberedMemoryTree(source);
        var tree = RelocatedEnvironment.Of(numbered, top: "", SampleEnvironment.Prefix, Destination);
        Assert.Equal("plain", tree.Text("lib/c"));
        Assert.Equal(SampleEnvironment.Prefix, tree.Text("envs/inner/file"));
        Assert.Equal(source.Text("conda-meta/pkg-3.11.2-0.json"), tree.Text("conda-meta/pkg-3.11.2-0.json"));
        Assert.Equal(source.Text("conda-meta/history"), tree.Text("conda-meta/history"));
        Assert.Equal(EntryKind.Directory, Find(tree, "lib"u8, "empty"u8).Kind);
    }

    [Fact]
    public void Length_and_content_agree()
    {
        var tree = Of(
            new SampleEnvironment().Own("bin/pip", $"#!{SampleEnvironment.Prefix}/bin/python\n").Link("lib/link", SampleEnvironment.Prefix));
        var pip = Find(tree, "bin"u8, "pip"u8);
        Assert.Equal(Encoding.UTF8.GetByteCount($"#!{Destination}/bin/python\n"), pip.Size);
        var link = Find(tree, "lib"u8, "link"u8);
        Assert.Equal((Destination.Length, (long)Destination.Length), (tree.Target("lib/link").Length, link.Size));
        Assert.Equal(link, tree.GetAttributes(link.Node));
    }

    [Fact]
    public void No_environment_is_left_alone()
    {
        var source = new MemoryTree();
        source.AddFile("file", Encoding.UTF8.GetBytes(SampleEnvironment.Prefix));
        using var numbered = new NumberedMemoryTree(source);
        Assert.Same(numbered, RelocatedEnvironment.Of(numbered, top: "", SampleEnvironment.Prefix, Destination));
    }

    [Fact]
    public void A_prefix_too_long_for_a_program_is_refused()
    {
        var environment = new SampleEnvironment().Managed("pkg", "lib/b.so", $"\u007fELF\0{Placeholder}/lib\0tail\0", "binary").Build();
        var failure = Assert.Throws<PackingException>(
            () => RelocatedEnvironment.Of(new NumberedMemoryTree(environment), top: "", SampleEnvironment.Prefix, "/" + new string('x', 200)));
        Assert.Equal(PackingFault.DestinationTooLong, failure.Fault);
    }

    private static Attributes Find(IReadableTree tree, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name)
    {
        Assert.True(tree.TryLookup(NodeId.Root, directory, out var found));
        Assert.True(tree.TryLookup(found.Node, name, out found));
        return found;
    }

    private static IReadableTree Of(SampleEnvironment environment) =>
        RelocatedEnvironment.Of(new NumberedMemoryTree(environment.Build()), top: "", SampleEnvironment.Prefix, Destination);
}

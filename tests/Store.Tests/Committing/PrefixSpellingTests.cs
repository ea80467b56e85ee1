using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Store.Committing;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Committing;

public sealed class PrefixSpellingTests : IDisposable
{
    private static readonly EnvironmentName Name = EnvironmentName.Parse("small");
    private readonly Sandbox _sandbox = new();
    private readonly ChangedTree _tree;
    private readonly List<ReplacedName> _replaced = [];

    public PrefixSpellingTests()
    {
        var below = new MemoryTree();
        foreach (var directory in new[] { "small", "small/bin", "small/conda-meta" })
        {
            below.AddDirectory(directory);
        }

        below.AddFile("small/conda-meta/history", string.Empty);
        below.AddFile("small/bin/python", "program");
        below.AddFile("small/bin/former", Script(Link));
        _tree = ChangedTree.Open(new NumberedMemoryTree(below), new MemoryChangeStore(), TimeProvider.System);
        var links = new EnvironmentLinks(_sandbox.Layout);
        Directory.CreateDirectory(Path.GetDirectoryName(Link)!);
        links.Begin(Path.GetDirectoryName(Link)!);
        links.Keep(Name, Prefix);
    }

    private string Link => Path.Combine(_sandbox.Layout.Home, "links", "small");

    private string Prefix => _sandbox.Layout.Prefix(Name);

    private NodeId Bin
    {
        get
        {
            Assert.True(_tree.TryLookup(NodeId.Root, "small"u8, out var top));
            Assert.True(_tree.TryLookup(top.Node, "bin"u8, out var bin));
            return bin.Node;
        }
    }

    public void Dispose()
    {
        _tree.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public void A_changed_file_is_replaced_as_a_whole_with_its_attributes()
    {
        var tool = Add("tool", Script(Link));
        _tree.SetXattr(tool, "user.note"u8, "kept"u8, XattrMode.Any);
        _tree.SetAttributes(tool, new AttributeChanges { Permissions = 0x1ED, Modified = new Timestamp(12, 34) });
        Assert.Equal(1, Run());
        Assert.Equal(Script(Prefix), Text("tool", out var now));
        Assert.NotEqual(tool, now.Node);
        Assert.Equal((0x1ED, new Timestamp(12, 34), 1U), (now.Permissions, now.Modified, now.LinkCount));
        Span<byte> value = stackalloc byte[8];
        Assert.True(((IReadableTree)_tree).TryGetXattr(now.Node, "user.note"u8, value, out var length));
        Assert.Equal("kept", Encoding.ASCII.GetString(value[..length]));
        Assert.Equal(("tool", tool), (Encoding.ASCII.GetString(_replaced.Single().Name.Span), _replaced.Single().Former));
        Assert.Equal(["former", "python", "tool"], Names());
        Assert.Equal(Script(Link), Read(tool)); // for those who have it open
    }

    [Fact]
    public void Unchanged_files_and_files_with_several_names_stay()
    {
        var tool = Add("tool", Script(Link));
        _tree.Link(tool, Bin, "second"u8);
        Assert.Equal(0, Run());
        Assert.Equal(Script(Link), Text("tool", out _));
        Assert.Equal(Script(Link), Text("former", out _));
        Assert.Equal(["former", "python", "second", "tool"], Names());
    }

    [Fact]
    public void A_name_that_a_killed_commit_left_is_removed()
    {
        Add("tool", Script(Link));
        _tree.Link(Add("copy", Script(Prefix)), Bin, Encoding.ASCII.GetBytes($".condafuse-{Guid.NewGuid():N}"));
        Add(".condafuse-notes", "kept");
        Assert.Equal(1, Run());
        Assert.Equal([".condafuse-notes", "copy", "former", "python", "tool"], Names());
    }

    [Fact]
    public void A_symlink_is_replaced()
    {
        _tree.CreateSymlink(Bin, "link"u8, Encoding.UTF8.GetBytes($"{Link}/bin/python"), new NewEntry(EntryKind.Symlink, 0x1FF, 0, 0));
        Assert.Equal(1, Run());
        Assert.True(_tree.TryLookup(Bin, "link"u8, out var link));
        var target = new byte[4096];
        Assert.Equal($"{Prefix}/bin/python", Encoding.UTF8.GetString(target, 0, _tree.ReadLink(link.Node, target)));
    }

    [Fact]
    public void Without_a_link_nothing_is_read_or_replaced()
    {
        Add("tool", Script(Link));
        new EnvironmentLinks(_sandbox.Layout).End();
        Assert.Equal(0, Run());
        Assert.Empty(_replaced);
    }

    /// <summary>The folders of these tests have spaces, which no first line takes.</summary>
    private static string Script(string prefix) => $"#!/bin/sh\nexec \"{prefix}/bin/python\"\n";

    private int Run() => new PrefixSpelling(_sandbox.Layout, _tree).Run(Prefix, "small", _replaced.Add, CancellationToken.None);

    private NodeId Add(string name, string content)
    {
        var file = _tree.Create(Bin, Encoding.ASCII.GetBytes(name), new NewEntry(EntryKind.File, 0x1A4, 0, 0)).Node;
        _tree.Write(file, 0, Encoding.UTF8.GetBytes(content), clearSetId: false);
        return file;
    }

    private string Text(string name, out Attributes file)
    {
        Assert.True(_tree.TryLookup(Bin, Encoding.ASCII.GetBytes(name), out file));
        return Read(file.Node);
    }

    private string Read(NodeId file)
    {
        var content = new byte[4096];
        return Encoding.UTF8.GetString(content, 0, _tree.Read(file, 0, content));
    }

    private IEnumerable<string> Names() => EntryCollector.SortedOf(_tree, Bin).Select(entry => Encoding.ASCII.GetString(entry.Name));
}

namespace CondaFuse.Store.Tests;

public sealed class EnvironmentLinksTests : IDisposable
{
    private static readonly EnvironmentName Name = EnvironmentName.Parse("small");
    private readonly Sandbox _sandbox = new();
    private readonly EnvironmentLinks _links;
    private readonly string _folder;

    public EnvironmentLinksTests()
    {
        _links = new EnvironmentLinks(_sandbox.Layout);
        _folder = Path.Combine(_sandbox.Layout.Home, ".conda", "envs");
        Directory.CreateDirectory(_folder);
    }

    private string Link => Path.Combine(_folder, "small");

    private string Prefix => _sandbox.Layout.Prefix(Name);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void No_link_is_made_before_the_user_asks_for_them()
    {
        Assert.Null(_links.Folder);
        Assert.Equal(LinkOutcome.NotKept, _links.Keep(Name, Prefix));
        Assert.Empty(_links.End());
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_link_is_made_corrected_and_removed()
    {
        _links.Begin(_folder);
        Assert.Equal(_folder, _links.Folder);
        Assert.Equal(LinkOutcome.Made, _links.Keep(Name, Path.Combine(_sandbox.Layout.MountPoint(Name), "old")));
        Assert.Equal(LinkOutcome.Made, _links.Keep(Name, Prefix));
        Assert.Equal(LinkOutcome.Unchanged, _links.Keep(Name, Prefix));
        Assert.Equal(Prefix, new FileInfo(Link).LinkTarget);
        Assert.Equal(Link, _links.Remove(Name));
        Assert.Null(_links.Remove(Name));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Mounts_that_start_at_the_same_time_make_one_link()
    {
        _links.Begin(_folder);
        for (var time = 0; time < 100; time++)
        {
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => new EnvironmentLinks(_sandbox.Layout).Keep(Name, Prefix));
            Assert.Equal(Prefix, new FileInfo(Link).LinkTarget);
            _links.Remove(Name);
        }
    }

    [Theory]
    [InlineData("directory")]
    [InlineData("file")]
    [InlineData("link")]
    [InlineData("dangling")]
    [InlineData("other")]
    public void Nothing_that_is_not_ours_is_touched(string kind)
    {
        var target = kind switch
        {
            "link" => _sandbox.Put("elsewhere/file"),
            "dangling" => "/no/where",
            "other" => _sandbox.Layout.Prefix(EnvironmentName.Parse("other")), // a link of the user to another environment
            _ => null,
        };
        _ = kind switch
        {
            "directory" => (FileSystemInfo)Directory.CreateDirectory(Link),
            "file" => new FileInfo(_sandbox.Put(".conda/envs/small", "mine")),
            _ => File.CreateSymbolicLink(Link, target!),
        };
        _links.Begin(_folder);
        Assert.Equal(LinkOutcome.Taken, _links.Keep(Name, Prefix));
        Assert.Null(_links.Remove(Name));
        Assert.Empty(_links.Prune(_ => false));
        Assert.Empty(_links.End());
        Assert.Equal(target, new FileInfo(Link).LinkTarget);
        Assert.Equal([Link], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Links_of_deleted_environments_are_found()
    {
        _links.Begin(_folder);
        _links.Keep(Name, Prefix);
        _links.Keep(EnvironmentName.Parse("kept"), _sandbox.Layout.Prefix(EnvironmentName.Parse("kept")));
        Assert.Equal([Link], _links.Stale(name => name.Value == "kept"));
        Assert.Equal([Link], _links.Prune(name => name.Value == "kept"));
        Assert.Equal([Path.Combine(_folder, "kept")], _links.End());
        Assert.Null(_links.Folder);
    }

    [Fact]
    public void The_paths_to_a_prefix_are_our_link_and_registered_ones()
    {
        var own = Path.Combine(_sandbox.Layout.Home, "my envs");
        Directory.CreateDirectory(own);
        File.CreateSymbolicLink(Path.Combine(own, "small"), Prefix);
        File.CreateSymbolicLink(Path.Combine(own, "another name"), Prefix);
        var elsewhere = Directory.CreateDirectory(Path.Combine(own, "elsewhere")).FullName;
        File.CreateSymbolicLink(Path.Combine(elsewhere, "small"), _sandbox.Layout.Home);
        _sandbox.Put(
            ".conda/environments.txt",
            $"{Prefix}\n{own}/small\n{own}/another name\n{elsewhere}/small\n/usr/small\nsmall\n{_sandbox.Layout.MountPoint(Name)}\n");
        _links.Begin(_folder);
        _links.Keep(Name, Prefix);
        Assert.Equal([$"{own}/small", Link], _links.PathsTo(Prefix));
        Assert.Empty(_links.PathsTo(_sandbox.Layout.Prefix(EnvironmentName.Parse("other"))));
    }

    [Fact]
    public void A_folder_of_others_is_refused()
    {
        Assert.Null(EnvironmentLinks.Objection(_folder));
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherWrite);
        Assert.Equal("every user can write in it", EnvironmentLinks.Objection(_folder));
        Assert.NotNull(EnvironmentLinks.Objection(Path.Combine(_folder, "missing")));
    }
}

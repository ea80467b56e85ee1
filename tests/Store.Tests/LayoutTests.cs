namespace CondaFuse.Store.Tests;

public sealed class LayoutTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public void The_environment_s_name_occurs_twice_in_its_prefix() =>
        Assert.Equal(Path.Combine(_sandbox.Layout.MountRoot, "x", "x"), _sandbox.Layout.Prefix(EnvironmentName.Parse("x")));

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Folders_of_archives_are_named_as_in_PATH_and_new_ones_go_to_the_first_that_takes_them()
    {
        var mine = Path.Combine(_sandbox.Layout.Home, "not", "there", "yet");
        var inFile = Path.Combine(_sandbox.Put("file"), "below");
        Assert.Equal(("/usual", null), Layout.ArchiveFoldersOf(null, "/usual"));
        Assert.Equal(("/usual", null), Layout.ArchiveFoldersOf("::", "/usual"));
        Assert.Equal(("/one", null), Layout.ArchiveFoldersOf("/one:/one", "/usual"));
        var (archives, search) = Layout.ArchiveFoldersOf($"{inFile}:{mine}:/tmp", "/usual");
        Assert.Equal(mine, archives);
        Assert.Equal([inFile, mine, "/tmp"], search!);
        Assert.Equal(inFile, Layout.ArchiveFoldersOf($"{inFile}:{inFile}/too", "/usual").New);
    }
}

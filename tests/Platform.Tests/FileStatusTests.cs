namespace CondaFuse.Platform.Tests;

public sealed class FileStatusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("größe ").FullName;

    [Fact]
    public void The_type_at_a_path_follows_symlinks()
    {
        var file = Path.Combine(_folder, "file");
        var link = Path.Combine(_folder, "link");
        var dangling = Path.Combine(_folder, "dangling");
        File.WriteAllText(file, string.Empty);
        File.CreateSymbolicLink(link, "/dev/full");
        File.CreateSymbolicLink(dangling, "nowhere");
        Assert.Equal(EntryType.File, FileStatus.TypeAt(file));
        Assert.Equal(EntryType.Directory, FileStatus.TypeAt(_folder));
        Assert.Equal(EntryType.CharacterDevice, FileStatus.TypeAt(link));
        Assert.Null(FileStatus.TypeAt(dangling));
        Assert.Null(FileStatus.TypeAt(Path.Combine(file, "below")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

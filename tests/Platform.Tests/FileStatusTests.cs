namespace CondaFuse.Platform.Tests;

public sealed class FileStatusTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("größe ").FullName;

    [Fact]
    public void What_a_path_leads_to_is_told_through_symlinks()
    {
        var file = Path.Combine(folder, "file");
        var link = Path.Combine(folder, "link");
        var dangling = Path.Combine(folder, "dangling");
        File.WriteAllText(file, string.Empty);
        File.CreateSymbolicLink(link, "/dev/full");
        File.CreateSymbolicLink(dangling, "nowhere");
        Assert.Equal(EntryType.File, FileStatus.TypeAt(file));
        Assert.Equal(EntryType.Directory, FileStatus.TypeAt(folder));
        Assert.Equal(EntryType.CharacterDevice, FileStatus.TypeAt(link));
        Assert.Null(FileStatus.TypeAt(dangling));
        Assert.Null(FileStatus.TypeAt(Path.Combine(file, "below")));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

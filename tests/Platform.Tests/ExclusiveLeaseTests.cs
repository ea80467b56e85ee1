namespace CondaFuse.Platform.Tests;

public sealed class LoneFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("allein ").FullName, "file");

    public LoneFileTests() => File.WriteAllText(_path, "content");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void It_is_granted_only_if_no_other_process_has_the_file_open()
    {
        using (PlainFile.OpenToRead(_path))
        {
            Assert.Null(ExclusiveLease.TryTake(_path));
        }

        using (ExclusiveLease.TryTake(_path) ?? throw new InvalidOperationException("nobody has it open"))
        {
        }

        using (PlainFile.OpenOrCreate(_path))
        {
            Assert.Null(ExclusiveLease.TryTake(_path));
        }
    }

    [Fact]
    public async Task A_process_that_opens_it_meanwhile_waits_and_gets_it_although_it_was_replaced()
    {
        var alone = ExclusiveLease.TryTake(_path)!;
        var reader = Task.Run(() =>
        {
            using var file = PlainFile.OpenToRead(_path);
            return PlainFile.ReadAll(file);
        });
        await Task.Delay(200);
        Assert.False(reader.IsCompleted);
        File.WriteAllText(_path + ".new", "replaced");
        File.Move(_path + ".new", _path, overwrite: true);
        alone.Dispose();
        var read = System.Text.Encoding.UTF8.GetString(await reader);
        Assert.True(read is "content" or "replaced", read);
    }
}

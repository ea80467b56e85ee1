using System.Text;
using CondaFuse.Store.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.FirstUse;

public sealed class FirstUseFileTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly FirstUseFile _file;

    public FirstUseFileTests() => _file = new FirstUseFile(_sandbox.Layout.FirstUseFile(Guid.NewGuid()));

    [Fact]
    public void No_list_is_an_empty_one() => Assert.Empty(_file.Read());

    [Fact]
    public void A_broken_list_is_an_empty_one_and_is_replaced()
    {
        _file.Add([Used("a")]);
        File.WriteAllText(_file.Path, "nonsense");
        Assert.Empty(_file.Read());
        _file.Add([Used("b")]);
        Assert.Equal(["b"], Paths());
    }

    [Fact]
    public void A_list_that_others_can_write_is_ignored()
    {
        _file.Add([Used("a")]);
        var whole = File.ReadAllBytes(_file.Path);
        File.SetUnixFileMode(_file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        Assert.Empty(_file.Read());
        File.SetUnixFileMode(_file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(["a"], Paths());

        File.Move(_file.Path, $"{_file.Path}.moved");
        File.CreateSymbolicLink(_file.Path, $"{_file.Path}.moved");
        Assert.Empty(_file.Read());
        File.Delete(_file.Path);
        _file.Add([Used("a")]);
        Assert.Equal(whole, File.ReadAllBytes(_file.Path));
    }

    [Fact]
    public void Added_ranges_are_kept_with_the_known_ones()
    {
        _file.Add([Used("a"), Used("b")]);
        _file.Add([Used("c")]);
        _file.Add([Used("b")]);
        _file.Add([]);
        Assert.Equal(["a", "b", "c"], Paths());
    }

    [Fact]
    public void Missing_files_are_removed()
    {
        _file.Add([Used("a"), Used("b"), Used("c")]);
        _file.Forget(range => range.Path.Span.SequenceEqual("b"u8));
        Assert.Equal(["a", "c"], Paths());
    }

    [Fact]
    public void Nothing_is_left_beside_it()
    {
        _file.Add([Used("a")]);
        Assert.Equal([_file.Path], Directory.GetFiles(Path.GetDirectoryName(_file.Path)!));
    }

    [Fact]
    public void A_write_failure_is_reported_and_leaves_nothing()
    {
        Directory.CreateDirectory(_file.Path);
        Assert.ThrowsAny<IOException>(() => _file.Add([Used("a")]));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_file.Path)!));
    }

    [Fact]
    public void Lists_of_the_archives_used_last_are_kept()
    {
        for (var number = 0; number < 258; number++)
        {
            var other = new FirstUseFile(_sandbox.Layout.FirstUseFile(Guid.NewGuid()));
            other.Add([Used("a")]);
            File.SetLastWriteTimeUtc(other.Path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(number));
        }

        _file.Add([Used("a")]);
        Assert.Equal(256, Directory.GetFiles(Path.GetDirectoryName(_file.Path)!).Length);
        Assert.Equal(["a"], Paths());
    }

    public void Dispose() => _sandbox.Dispose();

    private static UsedRange Used(string path) => new(Encoding.UTF8.GetBytes(path), 0, 10);

    private IEnumerable<string> Paths() => _file.Read().Select(range => Encoding.UTF8.GetString(range.Path.Span));
}

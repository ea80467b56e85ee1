using System.Text;
using CondaFuse.Helper.Integrations;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Tests;

/// <summary>The marked block in startup files: added once, and removed without a trace. Real shells read it in tests/EndToEnd/setup.bats.</summary>
public sealed class StartupFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("startup ").FullName;

    private StartupFile Rc => new("bash", Path.Combine(_folder, "sub", "rc"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("x\n")]
    [InlineData("x\n\n")]
    [InlineData("\n")]
    [InlineData("# comment\nalias a=b\n")]
    [InlineData("\u00ff\u0080 no UTF-8\n")]
    public void A_file_is_restored_byte_for_byte(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        var bytes = Encoding.Latin1.GetBytes(content);
        File.WriteAllBytes(Rc.Path, bytes);
        Add("/opt/bin");
        Assert.NotEqual(bytes, File.ReadAllBytes(Rc.Path));
        Assert.Equal("removed", Take());
        Assert.Equal(bytes, File.ReadAllBytes(Rc.Path));
        Assert.Equal("unchanged", Take());
    }

    [Fact]
    public void A_file_that_did_not_exist_is_removed_again()
    {
        Assert.Equal("added", Add("/opt/bin"));
        Assert.Equal("removed", Take());
        Assert.False(File.Exists(Rc.Path));
        Assert.Equal("unchanged", Take());
    }

    [Fact]
    public void Adding_twice_has_no_effect_and_a_new_path_replaces_the_old_one_in_place()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        File.WriteAllText(Rc.Path, "before\n");
        Add("/opt/bin");
        File.AppendAllText(Rc.Path, "after\n");
        var once = File.ReadAllText(Rc.Path);
        Assert.Equal("unchanged", Add("/opt/bin"));
        Assert.Equal(once, File.ReadAllText(Rc.Path));
        Assert.Equal("updated", Add("/elsewhere/b\u00fcn"));
        Assert.Equal(once.Replace("/opt/bin", "/elsewhere/b\u00fcn", StringComparison.Ordinal), File.ReadAllText(Rc.Path));
        Take();
        Assert.Equal("before\nafter\n", File.ReadAllText(Rc.Path));
    }

    [Fact]
    public void A_link_stays_a_link_and_the_mode_is_kept()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        var real = Path.Combine(_folder, "real");
        File.WriteAllText(real, "x\n");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(Rc.Path, "../real");
        Add("/opt/bin");
        Assert.Equal("../real", new FileInfo(Rc.Path).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(real));
        Assert.Contains("/opt/bin", File.ReadAllText(real), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_without_its_end_is_not_touched()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        File.WriteAllText(Rc.Path, "# >>> condafuse >>>\nmine\n");
        Assert.Equal(StoreFault.Mismatched, Assert.Throws<StoreException>(() => Rc.Without()).Fault);
        Assert.Throws<StoreException>(() => Rc.With(StartupFile.Block("bash", "/opt/bin")));
    }

    [Theory]
    [InlineData("before", "before\n")]
    [InlineData("before\n", "before\n")]
    [InlineData("", "")]
    public void Lines_before_and_after_the_block_stay_apart_when_it_is_removed(string before, string kept)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        File.WriteAllText(Rc.Path, before);
        Add("/opt/bin");
        File.AppendAllText(Rc.Path, "after\n");
        Take();
        Assert.Equal($"{kept}after\n", File.ReadAllText(Rc.Path));
    }

    [Fact]
    public void What_another_program_has_written_since_is_kept()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        File.WriteAllText(Rc.Path, "before\n");
        var edit = Rc.With(StartupFile.Block("bash", "/opt/bin"));
        File.AppendAllText(Rc.Path, "meanwhile\n");
        Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(edit.Write).Fault);
        Assert.Equal("before\nmeanwhile\n", File.ReadAllText(Rc.Path));
    }

    [Fact]
    public void A_link_to_a_device_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rc.Path)!);
        File.CreateSymbolicLink(Rc.Path, "/dev/null");
        Assert.Throws<PlatformException>(() => Rc.With(StartupFile.Block("bash", "/opt/bin")));
    }

    private string Add(string bin)
    {
        var edit = Rc.With(StartupFile.Block("bash", bin));
        edit.Write();
        return edit.Action;
    }

    private string Take()
    {
        var edit = Rc.Without();
        edit.Write();
        return edit.Action;
    }
}

using System.Diagnostics;
using CondaFuse.Helper.Integrations;
using CondaFuse.Store;

namespace CondaFuse.Helper.Tests;

public sealed class LauncherTests : IDisposable
{
    private const string Hostile = "a'b\"c$(touch pwned)`touch pwned` \\";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("condafuse-launchers-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_launcher_runs_the_program_by_absolute_paths_and_evaluates_no_name()
    {
        var launcher = new LauncherFolder(_folder.FullName, asTrees: false).For(Hostile, "python", "/data/" + Hostile);
        var script = launcher.ToScript(Call("/data/" + Hostile), $"/mounts/{Hostile}/bin/python");
        launcher.Write(script);
        Assert.Equal(launcher, Launcher.TryRead(launcher.Path));
        // Prints the arguments instead of calling this program.
        var shown = script.Replace($"exec '{Session.Program}'", "printf '<%s>'", StringComparison.Ordinal);
        shown += "printf '%s' \"$CONDA_FUSE_ARCHIVE_PATH\"";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", shown, "sh", "-c", "two words"])
        {
            RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = _folder.FullName,
        })!;
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal($"<run><{Hostile}><--></mounts/{Hostile}/bin/python><-c><two words>/data/{Hostile}", output);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "pwned")));
        Assert.True(File.GetUnixFileMode(launcher.Path).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void Files_of_others_and_symlinks_are_not_replaced()
    {
        var folder = new LauncherFolder(_folder.FullName, asTrees: false);
        var launcher = folder.For("x", "python", "/data");
        File.WriteAllText(launcher.Path, "#!/bin/sh\necho mine\n");
        Refuses(launcher);
        Assert.Empty(folder.List());
        File.Delete(launcher.Path);
        File.CreateSymbolicLink(launcher.Path, "/nowhere/python");
        Refuses(launcher);
        File.Delete(launcher.Path);
        launcher.Write(launcher.ToScript(Call("/data"), "/m/x/bin/python"));
        launcher.Write(launcher.ToScript(Call("/data"), "/m/x/bin/python"));
        Refuses(launcher with { Archives = "/other" });
        Assert.Equal([launcher], folder.List());
    }

    [Fact]
    public void Trees_are_listed_and_removed_when_they_are_empty()
    {
        var folder = new LauncherFolder(_folder.FullName, asTrees: true);
        Launcher[] launchers = [folder.For("x", "pip", "/data"), folder.For("x", "python", "/data")];
        Array.ForEach(launchers, launcher => launcher.Write(launcher.ToScript(Call("/data"), "/m/x/bin/y")));
        Assert.Equal(Path.Combine(_folder.FullName, "x", "bin", "pip"), launchers[0].Path);
        Assert.Equal(launchers, folder.List());
        folder.Remove(launchers[0]);
        Assert.Equal([launchers[1]], folder.List());
        folder.Remove(launchers[1]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\n")]
    [InlineData("#!/bin/sh\n# condafuse launcher ")]
    [InlineData("#!/bin/sh\n# condafuse launcher {}\n")]
    [InlineData("#!/bin/sh\n# condafuse launcher {\"environment\": 1}\n")]
    public void Other_scripts_are_no_launchers(string content)
    {
        var path = Path.Combine(_folder.FullName, "script");
        File.WriteAllText(path, content);
        Assert.Null(Launcher.TryRead(path));
        Assert.Null(Launcher.TryRead(_folder.FullName));
        Assert.Null(Launcher.TryRead(Path.Combine(_folder.FullName, "absent")));
    }

    private static void Refuses(Launcher launcher) => Assert.Equal(
        StoreFault.AlreadyExists,
        Assert.Throws<StoreException>(() => launcher.Write(launcher.ToScript(Call("/data"), "/m/x/bin/python"))).Fault);

    private static FixedCall Call(string archives) => new(new Session(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HOME"] = "/somewhere", ["CONDA_FUSE_ARCHIVE_PATH"] = archives,
    }));
}

using System.Diagnostics;

namespace CondaFuse.Mounts.Tests;

public class ProcessTests
{
    [Fact]
    public void A_process_is_alive_until_it_ends_and_never_its_successor()
    {
        using var sleeper = Process.Start("/bin/sleep", "60");
        var identity = ProcessIdentity.Find(sleeper.Id)!.Value;
        Assert.True(identity.IsAlive);
        Assert.False((identity with { StartTicks = identity.StartTicks + 1 }).IsAlive);
        Assert.False(ServerProcess.WaitForEnd(identity, TimeSpan.FromMilliseconds(30), TimeProvider.System));
        sleeper.Kill();
        Assert.True(ServerProcess.WaitForEnd(identity, TimeSpan.FromMinutes(2), TimeProvider.System));
        Assert.False(identity.IsAlive);
    }

    [Fact]
    public void A_command_name_may_contain_parentheses_and_spaces()
    {
        var directory = Directory.CreateTempSubdirectory();
        var odd = Path.Combine(directory.FullName, "a) S (b");
        File.Copy("/bin/sleep", odd);
        using var sleeper = Process.Start(odd, "60");
        Assert.True(ProcessIdentity.Find(sleeper.Id)!.Value.IsAlive);
        sleeper.Kill();
        sleeper.WaitForExit();
        directory.Delete(recursive: true);
    }

    [Fact]
    public void Holders_are_named_with_the_files_they_use()
    {
        var directory = Directory.CreateTempSubdirectory("holds ");
        var file = Path.Combine(directory.FullName, "open file");
        File.WriteAllText(file, "x");
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec 9<\"$0\"; echo; exec sleep 60", file])
            {
                WorkingDirectory = directory.FullName,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
        shell.StandardOutput.ReadLine();
        try
        {
            var holder = Assert.Single(MountHolder.Find(directory.FullName));
            Assert.Equal(shell.Id, holder.ProcessId);
            Assert.Equal([$"working directory {directory.FullName}", $"open file {file}"], holder.Holds);
            Assert.Empty(MountHolder.Find(directory.FullName[..^1]));
        }
        finally
        {
            shell.Kill();
            shell.WaitForExit();
            directory.Delete(recursive: true);
        }
    }
}

using System.Text;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Tests.Writing;

public sealed class KernelLocksTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("locks-");

    public KernelLocksTests()
    {
        Directory.CreateDirectory(At("mount"));
        Directory.CreateSymbolicLink(At("link"), At("mount"));
        File.WriteAllText(At("mount/lock"), string.Empty);
    }

    [Theory]
    [InlineData("nolock")]
    [InlineData("local_lock=all")]
    [InlineData("local_lock=posix")]
    [InlineData("localflock")]
    public void Locks_local_to_one_host_do_not_count_whatever_the_path(string option)
    {
        Assert.Equal(LockAnswer.Unsupported, Take("mount/lock", option));
        Assert.Equal(LockAnswer.Unsupported, Take("link/lock", option));
        Assert.Equal(LockAnswer.Unsupported, Take("link/../link/./lock", option));
    }

    [Fact]
    public void Locks_of_every_host_are_taken() => Assert.Equal(LockAnswer.Taken, Take("link/lock", "hard"));

    public void Dispose() => _directory.Delete(recursive: true);

    private LockAnswer Take(string path, string option)
    {
        var table = $"1 0 0:1 / / rw - ext4 /dev/root rw\n2 1 0:2 / {At("mount")} rw - nfs4 host:/data rw,{option}\n";
        using var file = File.Open(At(path), FileMode.Open, FileAccess.ReadWrite);
        return new KernelLocks(() => MountTable.Parse(Encoding.UTF8.GetBytes(table))).TryTake(At(path), file.SafeFileHandle);
    }

    private string At(string path) => $"{_directory.FullName}/{path}";
}

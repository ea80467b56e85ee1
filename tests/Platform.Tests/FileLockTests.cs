namespace CondaFuse.Platform.Tests;

public class FileLockTests
{
    [Fact]
    public void A_lock_excludes_until_it_is_given_back()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (FileLock.Take(path, wait: false))
            {
                Assert.Null(FileLock.Take(path, wait: false));
            }

            using var again = FileLock.Take(path, wait: false);
            Assert.NotNull(again);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Waiting_ends_when_the_holder_gives_it_back()
    {
        var path = Path.GetTempFileName();
        var holder = FileLock.Take(path, wait: true)!;
        var waiter = Task.Run(() => FileLock.Take(path, wait: true));
        await Task.Delay(50);
        Assert.False(waiter.IsCompleted);
        holder.Dispose();
        (await waiter.WaitAsync(TimeSpan.FromSeconds(10)))!.Dispose();
        File.Delete(path);
    }

    [Fact]
    public void A_symlink_is_not_followed()
    {
        var directory = Directory.CreateTempSubdirectory();
        var link = Path.Combine(directory.FullName, "lock");
        File.CreateSymbolicLink(link, Path.Combine(directory.FullName, "elsewhere"));
        Assert.Equal(Errno.ELOOP, Assert.Throws<PlatformException>(() => FileLock.Take(link, wait: false)).Errno);
        directory.Delete(recursive: true);
    }
}

namespace CondaFuse.Platform.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory().FullName;
    private readonly PrivateFolder _folder;

    public FileLockTests() => _folder = PrivateFolder.OpenOrMake(_path);

    [Fact]
    public void A_lock_excludes_until_it_is_released()
    {
        using (FileLock.Take(_folder, "lock", wait: false))
        {
            Assert.Null(FileLock.Take(_folder, "lock", wait: false));
        }

        using var again = FileLock.Take(_folder, "lock", wait: false);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Waiting_ends_when_the_holder_releases_it()
    {
        var holder = FileLock.Take(_folder, "lock", wait: true)!;
        var waiter = Task.Run(() => FileLock.Take(_folder, "lock", wait: true));
        await Task.Delay(50);
        Assert.False(waiter.IsCompleted);
        holder.Dispose();
        (await waiter.WaitAsync(TimeSpan.FromMinutes(2)))!.Dispose();
    }

    [Fact]
    public async Task A_waiter_for_a_removed_file_locks_the_new_one()
    {
        var holder = FileLock.Take(_folder, "lock", wait: true)!;
        var waiter = Task.Run(() => FileLock.Take(_folder, "lock", wait: true));
        await Task.Delay(50);
        _folder.Remove("lock");
        holder.Dispose();
        using var taken = await waiter.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Null(FileLock.Take(_folder, "lock", wait: false));
    }

    [Fact]
    public void A_held_folder_is_not_free()
    {
        using var below = _folder.MakeUnique("run-");
        var name = Path.GetFileName(below.Path);
        using (FileLock.HoldAgainstAgeing(below))
        {
            Assert.False(FileLock.IsFree(_folder, name));
        }

        Assert.True(FileLock.IsFree(_folder, name));
        Assert.False(FileLock.IsFree(_folder, "none"));
    }

    [Fact]
    public void A_symlink_is_not_followed()
    {
        File.CreateSymbolicLink(Path.Combine(_path, "lock"), Path.Combine(_path, "elsewhere"));
        Assert.Equal(Errno.ELOOP, Assert.Throws<PlatformException>(() => FileLock.Take(_folder, "lock", wait: false)).Errno);
    }

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_path, recursive: true);
    }
}

namespace CondaFuse.Platform.Tests;

public sealed class RegularFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("condafuse-regular-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_fifo_is_refused_without_waiting_for_its_other_end()
    {
        var fifo = Path.Combine(_root, "fifo");
        using (var folder = EntryOpening.Directory(_root))
        using (var lease = new HandleLease(folder))
        {
            EntryCreation.Node(lease, "fifo"u8, EntryType.Fifo, 0x1A4, 0, 0);
        }

        using var storage = new DiskStorage().MakeFolder(_root);
        Action[] openings =
        [
            () => PlainFile.OpenToRead(fifo), () => PlainFile.OpenToChange(fifo), () => PlainFile.OpenOrCreate(fifo),
            () => FileLock.Take(PrivateFolder.OpenOrMake(_root), "fifo", wait: false),
            () => storage.Open("fifo", StorageAccess.Read), () => storage.Open("fifo", StorageAccess.Write), () => ExclusiveLease.TryTake(fifo),
            () => FileNames.Count(fifo),
        ];
        foreach (var opening in openings)
        {
            var failure = await Task.Run(() => Record.Exception(opening)).WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Contains("not a regular file", Assert.IsType<PlatformException>(failure).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_directory_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_root, "folder"));
        using var storage = new DiskStorage().MakeFolder(_root);
        Assert.Equal(Errno.EISDIR, Assert.Throws<PlatformException>(() => PlainFile.OpenToRead(Path.Combine(_root, "folder"))).Errno);
        Assert.Equal(Errno.EISDIR, Assert.Throws<PlatformException>(() => storage.Open("folder", StorageAccess.Read)).Errno);
    }

    [Fact]
    public void A_sparse_file_of_three_terabytes_is_not_a_small_file()
    {
        using var file = PlainFile.Create(Path.Combine(_root, "huge"));
        RandomAccess.SetLength(file, 3L << 40);
        Assert.Equal(Errno.EFBIG, Assert.Throws<PlatformException>(() => PlainFile.ReadAll(file)).Errno);
    }
}

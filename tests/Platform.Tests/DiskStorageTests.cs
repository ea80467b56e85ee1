namespace CondaFuse.Platform.Tests;

public sealed class DiskStorageTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("condafuse-storage-").FullName;
    private readonly DiskStorage _storage = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_missing_folder_can_be_created_with_its_parents()
    {
        var path = Path.Combine(_root, "a/b/c");
        Assert.Null(_storage.TryOpenFolder(path));
        _storage.MakeFolder(path).Dispose();
        _storage.MakeFolder(path).Dispose();
        using var folder = _storage.TryOpenFolder(path);
        Assert.Equal(path, folder!.Path);
        Assert.Empty(folder.List());
    }

    [Fact]
    public void A_file_where_a_folder_should_be_is_an_error()
    {
        File.WriteAllText(Path.Combine(_root, "file"), "");
        Assert.Equal(Errno.ENOTDIR, Assert.Throws<PlatformException>(() => _storage.TryOpenFolder(Path.Combine(_root, "file"))).Errno);
    }

    [Fact]
    public void A_file_keeps_what_is_written_and_is_read_by_offset()
    {
        using var folder = _storage.MakeFolder(_root);
        using (var file = folder.Open("file", StorageAccess.Create))
        {
            file.WriteAt(3, "defg"u8);
            file.WriteAt(0, "abc"u8);
            file.Truncate(6);
            file.Sync();
            Assert.Equal(6, file.Length);
        }

        folder.Sync();
        using var again = folder.Open("file", StorageAccess.Read);
        Span<byte> bytes = stackalloc byte[10];
        Assert.Equal(4, again.ReadAt(2, bytes));
        Assert.Equal("cdef"u8, bytes[..4]);
        Assert.Throws<PlatformException>(() => again.WriteAt(0, "x"u8));
    }

    [Fact]
    public void A_part_of_a_file_is_copied_into_another()
    {
        const int Length = (9 << 20) + 5; // more than one copy step
        using var folder = _storage.MakeFolder(_root);
        var bytes = new byte[Length];
        new Random(1).NextBytes(bytes);
        using var source = folder.Open("source", StorageAccess.Create);
        source.WriteAt(0, bytes);
        using var target = folder.Open("target", StorageAccess.Create);
        target.WriteAt(0, "before"u8);
        target.CopyFrom(source, 3, 6, Length - 4);
        Assert.Equal(Length + 2, target.Length);
        var copied = new byte[Length + 2];
        target.ReadAt(0, copied);
        Assert.Equal("before"u8, copied.AsSpan(0, 6));
        Assert.True(copied.AsSpan(6).SequenceEqual(bytes.AsSpan(3, Length - 4)));
        Assert.Equal(Errno.ENODATA, Assert.Throws<PlatformException>(() => target.CopyFrom(source, Length - 2, 0, 3)).Errno);
    }

    [Fact]
    public void Creating_existing_opening_missing_and_following_symlinks_fail_with_different_errors()
    {
        using var folder = _storage.MakeFolder(_root);
        folder.Open("file", StorageAccess.Create).Dispose();
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "file");
        Assert.Equal(Errno.EEXIST, Assert.Throws<PlatformException>(() => folder.Open("file", StorageAccess.Create)).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<PlatformException>(() => folder.Open("none", StorageAccess.Write)).Errno);
        Assert.Equal(Errno.ELOOP, Assert.Throws<PlatformException>(() => folder.Open("link", StorageAccess.Read)).Errno);
        Assert.Equal(Errno.ENOENT, Assert.Throws<PlatformException>(() => folder.Remove("none")).Errno);
    }

    [Fact]
    public void Renaming_replaces_the_entry_of_the_new_name()
    {
        using var folder = _storage.MakeFolder(_root);
        File.WriteAllText(Path.Combine(_root, "a"), "new");
        File.WriteAllText(Path.Combine(_root, "b"), "old");
        using var old = folder.Open("b", StorageAccess.Read);
        folder.Rename("a", "b");
        Assert.Equal(["b"], folder.List());
        Assert.Equal("new", File.ReadAllText(Path.Combine(_root, "b")));
        Span<byte> bytes = stackalloc byte[3];
        Assert.Equal(3, old.ReadAt(0, bytes));
        Assert.Equal("old"u8, bytes);
    }

    [Fact]
    public void Room_is_that_of_the_file_system()
    {
        using var folder = _storage.MakeFolder(_root);
        var space = folder.Space;
        var drive = new DriveInfo(_root);
        Assert.Equal(drive.TotalSize, space.TotalBytes);
        Assert.InRange(space.AvailableBytes, 0, space.FreeBytes);
        Assert.InRange(space.FreeBytes, 0, space.TotalBytes);
    }

    [Fact]
    public void A_refused_write_has_a_reason()
    {
        using var folder = _storage.MakeFolder(_root);
        using var file = folder.Open("file", StorageAccess.Create);
        Assert.Equal(Errno.EFBIG, Assert.Throws<PlatformException>(() => file.WriteAt(long.MaxValue - 1, "x"u8)).Errno);
    }

    [Fact]
    public void A_checksum_continues_another() =>
        Assert.Equal(Crc32C.Of("123456789"u8), Crc32C.Continue(Crc32C.Of("1234"u8), "56789"u8));
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <content>Content of files.</content>
public abstract partial class WritableTreeContract
{
    /// <summary>A file of 200 000 bytes in which neighbouring bytes differ, created with the tree.</summary>
    protected const string Large = "large";

    internal static byte[] LargeContent { get; } = [.. Enumerable.Range(0, 200_000).Select(i => (byte)((i * 7) + (i >> 8)))];

    [Fact]
    public void Writing_replaces_extends_and_leaves_zeros_between()
    {
        T.Write("old/file", 2, "XX");
        Assert.Equal("orXXinal", T.Read("old/file"));
        T.Write("old/file", 7, "ended");
        Assert.Equal("orXXinaended", T.Read("old/file"));
        T.Write("old/file", 15, "far");
        Assert.Equal("orXXinaended...far", T.Read("old/file"));
        Assert.Equal(18, T.Stat("old/file").Size);
        T.Tree.Write(T.Find("old/file"), 100, [], clearSetId: false);
        Assert.Equal(18, T.Stat("old/file").Size);
    }

    [Fact]
    public void A_small_write_into_a_large_file_leaves_the_rest()
    {
        var expected = LargeContent.ToArray();
        var file = T.Find(Large);
        foreach (var offset in (int[])[131_070, 5, 199_999, 65_536])
        {
            T.Tree.Write(file, offset, "hello"u8, clearSetId: false);
            Array.Resize(ref expected, Math.Max(expected.Length, offset + 5));
            "hello"u8.CopyTo(expected.AsSpan(offset));
        }

        Assert.Equal(expected, T.ReadBytes(file));
        var part = new byte[10];
        Assert.Equal(10, T.Tree.Read(file, 131_068, part));
        Assert.Equal(expected[131_068..131_078], part);
    }

    [Fact]
    public void Reading_ends_at_the_end()
    {
        var file = T.Find("old/file");
        var room = new byte[20];
        Assert.Equal(3, T.Tree.Read(file, 5, room));
        Assert.Equal(0, T.Tree.Read(file, 8, room));
        Assert.Equal(0, T.Tree.Read(file, 1000, room));
    }

    [Fact]
    public void Truncating_cuts_off_and_growing_adds_zeros()
    {
        var file = T.Find("old/file");
        Assert.Equal(4, T.Tree.SetAttributes(file, new AttributeChanges { Size = 4 }).Size);
        Assert.Equal("orig", T.Read(file));
        T.Tree.SetAttributes(file, new AttributeChanges { Size = 6 });
        Assert.Equal("orig..", T.Read(file));
        T.Tree.SetAttributes(file, new AttributeChanges { Size = 0 });
        Assert.Equal("", T.Read(file));
        Fails(TreeFailure.IsADirectory, () => T.Tree.SetAttributes(T.Find("old"), new AttributeChanges { Size = 4 }));
    }

    [Fact]
    public void Only_files_are_read_and_written()
    {
        Fails(TreeFailure.IsADirectory, () => T.Tree.Read(T.Find("old"), 0, new byte[1]));
        Fails(TreeFailure.IsADirectory, () => T.Tree.Write(T.Find("old"), 0, new byte[1], clearSetId: false));
        T.Make("fifo", new NewEntry(EntryKind.Fifo, 0x180, 0, 0));
        Fails(TreeFailure.WrongKind, () => T.Tree.Read(T.Find("fifo"), 0, new byte[1]));
        Fails(TreeFailure.WrongKind, () => T.Tree.ReadLink(T.Find("old/file"), new byte[4096]));
        Fails(TreeFailure.NotADirectory, () => T.Tree.TryLookup(T.Find("old/file"), "x"u8, out _));
        Fails(TreeFailure.NotADirectory, () => T.MakeFile("old/file/x"));
    }

    [Fact]
    public void Copying_takes_the_current_content_and_later_writes_are_independent()
    {
        T.MakeFile("copy", "0123456789");
        Assert.Equal(4, T.Tree.CopyRange(T.Find("old/file"), 1, T.Find("copy"), 3, 4));
        Assert.Equal("012rigi789", T.Read("copy"));
        Assert.Equal(3, T.Tree.CopyRange(T.Find("old/file"), 5, T.Find("copy"), 12, 100));
        Assert.Equal("012rigi789..nal", T.Read("copy"));
        Assert.Equal(0, T.Tree.CopyRange(T.Find("old/file"), 8, T.Find("copy"), 0, 100));
        T.Write("old/file", 0, "ORIGINAL");
        Assert.Equal("012rigi789..nal", T.Read("copy"));
        T.Write("copy", 3, "RIGI");
        Assert.Equal("ORIGINAL", T.Read("old/file"));
        Assert.Equal(2, T.Tree.CopyRange(T.Find("copy"), 0, T.Find("copy"), 8, 2));
        Assert.Equal("012RIGI701..nal", T.Read("copy"));
    }

    [Fact]
    public void Holes_are_zeros_and_can_be_found()
    {
        T.MakeFile("holes");
        var file = T.Find("holes");
        T.Tree.Write(file, 0, new byte[8192].Select(_ => (byte)1).ToArray(), clearSetId: false);
        T.Tree.SetAttributes(file, new AttributeChanges { Size = 32768 });
        T.Tree.Write(file, 16384, "data"u8, clearSetId: false);
        Assert.Equal(0, T.Tree.Seek(file, 0, SeekTarget.Data));
        Assert.Equal(8192, T.Tree.Seek(file, 100, SeekTarget.Hole));
        Assert.Equal(16384, T.Tree.Seek(file, 8192, SeekTarget.Data));
        Assert.Equal(8193, T.Tree.Seek(file, 8193, SeekTarget.Hole));
        Fails(TreeFailure.NoSuchRange, () => T.Tree.Seek(file, 24576, SeekTarget.Data));
        Fails(TreeFailure.NoSuchRange, () => T.Tree.Seek(file, 32768, SeekTarget.Hole));
        var original = T.Find("old/file");
        Assert.Equal(8, T.Tree.Seek(original, 0, SeekTarget.Hole));
        Assert.Equal(3, T.Tree.Seek(original, 3, SeekTarget.Data));
        T.Tree.Allocate(file, 0, 4096, AllocateMode.PunchHole);
        Assert.Equal(4096, T.Tree.Seek(file, 0, SeekTarget.Data));
        Assert.Equal(32768, T.Stat("holes").Size);
        Assert.Equal(0, T.ReadBytes(file)[4095]);
        Assert.Equal(1, T.ReadBytes(file)[4096]);
    }

    [Fact]
    public void Allocating_grows_or_keeps_the_length()
    {
        var file = T.Find("old/file");
        T.Tree.Allocate(file, 0, 4, AllocateMode.Reserve);
        T.Tree.Allocate(file, 4, 100, AllocateMode.ReserveKeepingSize);
        Assert.Equal("original", T.Read(file));
        T.Tree.Allocate(file, 6, 4, AllocateMode.Reserve);
        Assert.Equal("original..", T.Read(file));
        T.Tree.Allocate(file, 1, 2, AllocateMode.PunchHole);
        Assert.Equal("o..ginal..", T.Read(file));
        T.Tree.Allocate(file, 7, 100, AllocateMode.PunchHole);
        Assert.Equal("o..gina...", T.Read(file));
        Fails(TreeFailure.Invalid, () => T.Tree.Allocate(file, 0, 0, AllocateMode.Reserve));
        if (!IsReal)
        {
            // A real file system would fill its disk before it fails, which affects all its users.
            Fails(TreeFailure.NoSpace, () => T.Tree.Allocate(file, 0, 1L << 43, AllocateMode.Reserve));
        }
    }

    [Fact]
    public void Ranges_can_be_zeroed_cut_out_and_inserted()
    {
        if (!TryAllocate(4096, AllocateMode.Insert))
        {
            return;
        }

        T.Tree.Allocate(T.Find(Large), 4096, 8192, AllocateMode.Zero);
        T.Tree.Allocate(T.Find(Large), 12288, 4096, AllocateMode.Collapse);
        T.Tree.Allocate(T.Find(Large), 0, 4096, AllocateMode.Insert);
        T.Tree.Allocate(T.Find(Large), 200_000, 4096, AllocateMode.Zero);
        T.Tree.Allocate(T.Find(Large), 8192, 1_000_000, AllocateMode.ZeroKeepingSize);
        T.Tree.Allocate(T.Find(Large), 204_000, 50, AllocateMode.ZeroKeepingSize);
        byte[] expected = [.. new byte[4096], .. LargeContent[..4096]];
        Array.Resize(ref expected, 204_096);
        Assert.Equal(expected, T.ReadBytes(T.Find(Large)));
        Fails(TreeFailure.Invalid, () => T.Tree.Allocate(T.Find(Large), 196_608, 8192, AllocateMode.Collapse));
        Fails(TreeFailure.Invalid, () => T.Tree.Allocate(T.Find(Large), 208_896, 4096, AllocateMode.Insert));
    }

    [Fact]
    public void Files_cannot_exceed_the_trees_limit()
    {
        Fails(TreeFailure.FileTooLarge, () => T.Tree.SetAttributes(T.Find("old/file"), new AttributeChanges { Size = long.MaxValue }));
        Fails(TreeFailure.FileTooLarge, () => T.Tree.Write(T.Find("old/file"), long.MaxValue - 4097, new byte[4096], clearSetId: false));
        Assert.Equal("original", T.Read("old/file"));
    }

    private bool TryAllocate(long length, AllocateMode mode)
    {
        T.MakeFile("probe", new string('p', (int)length * 2));
        try
        {
            T.Tree.Allocate(T.Find("probe"), 0, length, mode);
            return true;
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.Unsupported && IsReal)
        {
            return false;
        }
    }
}

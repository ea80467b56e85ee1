using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>Requests that change something, byte by byte, with the resulting calls of the tree, and the replies.</summary>
public sealed class ChangingExchangeTests : IDisposable
{
    private const string Caller = "E8030000 E9030000 00000000 0000 0000"; // user 1000, group 1001
    private const string Year = "8033E10100000000";
    private const string AttributesOf6 =
        """
        0600000000000000 0500000000000000 0100000000000000
        02105E5F00000000 00105E5F00000000 04105E5F00000000    # accessed, modified, changed
        03000000 01000000 05000000
        A4810000 01000000 00000000 00000000 00000000
        00000200 00000000
        """;

    private const string Entry7 =
        $"90000000 00000000 0200000000000000 0700000000000000 0000000000000000 {Year} {Year} 00000000 00000000 {AttributesOf6}";

    private const string Done = "10000000 00000000 0200000000000000";
    private readonly RecordingTree _tree = new();
    private readonly Kernel _kernel;

    public ChangingExchangeTests() => _kernel = new Kernel(_tree);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void MKNOD_of_a_file() => Exchange(
        $"3A000000 08000000 0200000000000000 0300000000000000 {Caller} 24810000 00000000 12000000 00000000 6100",
        "create 3 a File 444 1000:1001",
        Entry7);

    [Fact]
    public void MKNOD_of_a_device() => Exchange(
        $"3A000000 08000000 0200000000000000 0300000000000000 {Caller} B6610000 45013012 12000000 00000000 6100",
        "create 3 a BlockDevice 666 1000:1001 1,74565",
        Entry7);

    [Fact]
    public void MKNOD_of_a_symlink_is_EINVAL() => Refuse(
        $"3A000000 08000000 0200000000000000 0300000000000000 {Caller} FFA10000 00000000 12000000 00000000 6100", "EA");

    [Fact]
    public void MKDIR() => Exchange(
        $"32000000 09000000 0200000000000000 0300000000000000 {Caller} ED030000 12000000 6100",
        "create 3 a Directory 1755 1000:1001",
        Entry7);

    [Fact]
    public void SYMLINK() => Exchange(
        $"2F000000 06000000 0200000000000000 0300000000000000 {Caller} 6100 2F622F6300",
        "symlink 3 a /b/c Symlink 777 1000:1001",
        Entry7);

    [Fact]
    public void LINK() => Exchange(
        $"32000000 0D000000 0200000000000000 0300000000000000 {Caller} 0700000000000000 6100",
        "link 7 3 a",
        Entry7);

    [Fact]
    public void TMPFILE() => Exchange(
        $"3A000000 33000000 0200000000000000 0300000000000000 {Caller} 02044100 A4810000 12000000 00000000 2F00",
        "unnamed 3 File 644 1000:1001",
        $"A0000000 {Entry7[9..]} 0000000000000000 02000000 00000000");

    [Fact]
    public void UNLINK() => Exchange($"2A000000 0A000000 0200000000000000 0300000000000000 {Caller} 6100", "unlink 3 a", Done);

    [Fact]
    public void RMDIR() => Exchange($"2A000000 0B000000 0200000000000000 0300000000000000 {Caller} 6100", "rmdir 3 a", Done);

    [Fact]
    public void RENAME() => Exchange(
        $"34000000 0C000000 0200000000000000 0300000000000000 {Caller} 0400000000000000 6100 6200", "rename 3 a 4 b Replace", Done);

    [Theory]
    [InlineData("00", "Replace")]
    [InlineData("01", "NoReplace")]
    [InlineData("02", "Exchange")]
    public void RENAME2(string flags, string mode) => Exchange(
        $"3C000000 2D000000 0200000000000000 0300000000000000 {Caller} 0400000000000000 {flags}000000 00000000 6100 6200", $"rename 3 a 4 b {mode}",
        Done);

    [Theory]
    [InlineData("04")]
    [InlineData("03")]
    public void RENAME2_with_other_flags_is_EINVAL(string flags) => Refuse(
        $"3C000000 2D000000 0200000000000000 0300000000000000 {Caller} 0400000000000000 {flags}000000 00000000 6100 6200", "EA");

    [Theory]
    [InlineData("00", "")]
    [InlineData("04", " clearing")]
    public void WRITE(string flags, string clearing) => Exchange(
        $"""
        53000000 10000000 0200000000000000 0700000000000000 {Caller}
        0000000000000000 0010000000000000 03000000 {flags}000000 0000000000000000 01800000 00000000 78797A
        """,
        $"write 7 4096 xyz{clearing}",
        "18000000 00000000 0200000000000000 03000000 00000000");

    [Fact]
    public void WRITE_with_a_wrong_size_is_EINVAL() => Refuse(
        $"""
        53000000 10000000 0200000000000000 0700000000000000 {Caller}
        0000000000000000 0010000000000000 04000000 00000000 0000000000000000 01800000 00000000 78797A
        """,
        "EA");

    [Fact]
    public void WRITE_beyond_the_maximum_length_is_EFBIG() => Refuse(
        $"""
        53000000 10000000 0200000000000000 0700000000000000 {Caller}
        0000000000000000 FDFFFFFFFFFFFF7F 03000000 00000000 0000000000000000 01800000 00000000 78797A
        """,
        "E5");

    [Theory]
    [InlineData("00", "Reserve")]
    [InlineData("01", "ReserveKeepingSize")]
    [InlineData("03", "PunchHole")]
    [InlineData("08", "Collapse")]
    [InlineData("10", "Zero")]
    [InlineData("11", "ZeroKeepingSize")]
    [InlineData("20", "Insert")]
    public void FALLOCATE(string flags, string mode) => Exchange(
        $"48000000 2B000000 0200000000000000 0700000000000000 {Caller} 0000000000000000 0500000000000000 0600000000000000 {flags}000000 00000000",
        $"allocate 7 5 6 {mode}",
        Done);

    [Fact]
    public void FALLOCATE_in_another_mode_is_EOPNOTSUPP() => Refuse(
        $"48000000 2B000000 0200000000000000 0700000000000000 {Caller} 0000000000000000 0500000000000000 0600000000000000 40000000 00000000", "A1");

    [Theory]
    [InlineData("03", "Data")]
    [InlineData("04", "Hole")]
    public void LSEEK(string whence, string target) => Exchange(
        $"40000000 2E000000 0200000000000000 0700000000000000 {Caller} 0000000000000000 0500000000000000 {whence}000000 00000000",
        $"seek 7 5 {target}",
        "18000000 00000000 0200000000000000 0600000000000000");

    [Fact]
    public void COPY_FILE_RANGE() => Exchange(
        $"""
        60000000 2F000000 0200000000000000 0700000000000000 {Caller}
        0000000000000000 0500000000000000 0800000000000000 0000000000000000 0600000000000000 0900000000000000 0000000000000000
        """,
        "copy 7 5 8 6 9",
        "18000000 00000000 0200000000000000 08000000 00000000");

    [Theory]
    [InlineData("00", "Any")]
    [InlineData("01", "Create")]
    [InlineData("02", "Replace")]
    public void SETXATTR(string flags, string mode) => Exchange(
        $"3A000000 15000000 0200000000000000 0700000000000000 {Caller} 03000000 {flags}000000 757365722E6B00 010203",
        $"setxattr 7 user.k \u0001\u0002\u0003 {mode}",
        Done);

    [Fact]
    public void SETXATTR_of_an_access_control_list_is_EOPNOTSUPP() => Refuse(
        $"37000000 15000000 0200000000000000 0700000000000000 {Caller} 00000000 00000000 73797374656D00", "A1");

    [Fact]
    public void GETXATTR_of_an_access_control_list_is_EOPNOTSUPP() => Refuse(
        $"37000000 16000000 0200000000000000 0700000000000000 {Caller} 00000000 00000000 73797374656D00", "A1");

    [Fact]
    public void REMOVEXATTR() => Exchange(
        $"2F000000 18000000 0200000000000000 0700000000000000 {Caller} 757365722E6B00", "removexattr 7 user.k", Done);

    [Theory]
    [InlineData("14")]
    [InlineData("1E")]
    [InlineData("32")]
    public void FSYNC_FSYNCDIR_and_SYNCFS(string opcode) => Exchange(
        $"38000000 {opcode}000000 0200000000000000 0700000000000000 {Caller} 0000000000000000 01000000 00000000", "sync", Done);

    [Fact]
    public void SETATTR_of_everything() => Exchange(
        $"""
        80000000 04000000 0200000000000000 0700000000000000 {Caller}
        3F080000 00000000 0000000000000000 2A00000000000000 0000000000000000
        FFFFFFFFFFFFFFFF 0200000000000000 0300000000000000 04000000 05000000 06000000
        EDCD0000 00000000 07000000 08000000 00000000
        """,
        "set 7 mode 6755 user 7 group 8 size 42 accessed -1.4 modified 2.5 clearing",
        $"78000000 00000000 0200000000000000 {Year} 00000000 00000000 {AttributesOf6}");

    [Fact]
    public void SETATTR_of_times_to_now() => Exchange(
        $"80000000 04000000 0200000000000000 0700000000000000 {Caller} B0010000 00000000 {new string('0', 160)}",
        "set 7 accessed 1700000000.123456700 modified 1700000000.123456700",
        $"78000000 00000000 0200000000000000 {Year} 00000000 00000000 {AttributesOf6}");

    [Fact]
    public void SETATTR_with_invalid_nanoseconds_is_EINVAL() => Refuse(
        $"""
        80000000 04000000 0200000000000000 0700000000000000 {Caller}
        20000000 00000000 0000000000000000 0000000000000000 0000000000000000
        0000000000000000 0000000000000000 0000000000000000 00000000 00CA9A3B 00000000
        00000000 00000000 00000000 00000000 00000000
        """,
        "EA");

    [Fact]
    public void STATFS() => Exchange(
        $"28000000 11000000 0200000000000000 0100000000000000 {Caller}",
        null,
        $"""
        60000000 00000000 0200000000000000
        0A00000000000000 0200000000000000 0100000000000000 FFFFFFFF00000000 F5FFFFFF00000000
        00000200 FF000000 00100000 00000000 {new string('0', 48)}
        """);

    [Fact]
    public void A_failure_of_the_tree_becomes_its_errno()
    {
        _tree.Fails = TreeFailure.NoSpace;
        Assert.Equal(
            Hex.Bytes("10000000 E4FFFFFF 0200000000000000"),
            _kernel.Exchange(Hex.Bytes($"2A000000 0A000000 0200000000000000 0300000000000000 {Caller} 6100")));
    }

    private void Exchange(string request, string? asked, string reply)
    {
        Assert.Equal(Hex.Bytes(reply), _kernel.Exchange(Hex.Bytes(request)));
        Assert.Equal(asked is null ? [] : [asked], _tree.Asked);
    }

    private void Refuse(string request, string lowByteOfError)
    {
        Assert.Equal(Hex.Bytes($"10000000 {lowByteOfError}FFFFFF 0200000000000000"), _kernel.Exchange(Hex.Bytes(request)));
        Assert.Empty(_tree.Asked);
    }
}

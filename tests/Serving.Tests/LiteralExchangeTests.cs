using CondaFuse.Tests.Shared;

namespace CondaFuse.Serving.Tests;

/// <summary>Requests and replies byte by byte, as they are transferred.</summary>
public sealed class LiteralExchangeTests : IDisposable
{
    private const string Caller = "00000000 00000000 00000000 0000 0000";
    private const string Year = "8033E10100000000";
    private const string Autumn2020 = "00105E5F00000000";
    private const string AttributesOfHello =
        $"""
        6600000000000000 0500000000000000 0100000000000000    # inode 102, 5 bytes, 1 sector
        {Autumn2020} {Autumn2020} {Autumn2020}
        00000000 00000000 00000000
        A4810000 01000000 00000000 00000000 00000000          # -rw-r--r--, one name, root
        00000200 00000000                                     # transfers of 128 KiB
        """;

    private readonly MemoryTree _tree = new();
    private readonly Kernel _kernel;

    public LiteralExchangeTests()
    {
        _tree.AddFile("hello", "howdy");
        _tree.AddSymlink("way", "to/go");
        _tree.SetXattr(_tree.AddDirectory("d"), "user.k", [1, 2, 3]);
        _kernel = new Kernel(_tree);
    }

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void LOOKUP_of_a_name_that_exists() => Exchange(
        $"2E000000 01000000 0200000000000000 0100000000000000 {Caller} 68656C6C6F00",
        $"90000000 00000000 0200000000000000 0200000000000000 0000000000000000 {Year} {Year} 00000000 00000000 {AttributesOfHello}");

    [Fact]
    public void LOOKUP_of_a_name_that_does_not_exist() => Exchange(
        $"2D000000 01000000 0200000000000000 0100000000000000 {Caller} 68656C6C00",
        $"""
        90000000 00000000 0200000000000000 0000000000000000 0000000000000000 {Year} 0000000000000000 00000000 00000000
        {Zeros(88)}
        """);

    [Fact]
    public void GETATTR() => Exchange(
        $"38000000 03000000 0300000000000000 0200000000000000 {Caller} 00000000 00000000 0000000000000000",
        $"78000000 00000000 0300000000000000 {Year} 00000000 00000000 {AttributesOfHello}");

    [Fact]
    public void READLINK() => Exchange(
        $"28000000 05000000 0400000000000000 0300000000000000 {Caller}",
        "15000000 00000000 0400000000000000 746F2F676F");

    [Fact]
    public void READ() => Exchange(
        $"""
        50000000 0F000000 0500000000000000 0200000000000000 {Caller}
        0000000000000000 0200000000000000 00100000 00000000 0000000000000000 00800000 00000000   # 4096 from byte 2
        """,
        "13000000 00000000 0500000000000000 776479");

    [Fact]
    public void READDIR() => Exchange(
        $"""
        50000000 1C000000 0600000000000000 0100000000000000 {Caller}
        0000000000000000 0000000000000000 00100000 00000000 0000000000000000 00800100 00000000
        """,
        """
        B0000000 00000000 0600000000000000
        6500000000000000 0100000000000000 01000000 04000000 2E00000000000000
        6500000000000000 0200000000000000 02000000 04000000 2E2E000000000000
        6600000000000000 1000000000000000 05000000 08000000 68656C6C6F000000
        6700000000000000 1100000000000000 03000000 0A000000 7761790000000000
        6800000000000000 1200000000000000 01000000 04000000 6400000000000000
        """);

    [Fact]
    public void READDIRPLUS_from_a_cookie() => Exchange(
        $"""
        50000000 2C000000 0700000000000000 0100000000000000 {Caller}
        0000000000000000 0200000000000000 C0000000 00000000 0000000000000000 00800100 00000000   # after '..', room for one
        """,
        $"""
        B0000000 00000000 0700000000000000
        {Zeros(128)}                                                                             # attributes of a file: not told
        6600000000000000 1000000000000000 05000000 08000000 68656C6C6F000000
        """);

    [Fact]
    public void READDIRPLUS_after_the_attributes_were_asked_for()
    {
        Assert.NotEmpty(_kernel.List(1, 4096, plus: true));
        _kernel.Lookup(1, "hello");
        Exchange(
            $"""
            50000000 2C000000 0700000000000000 0100000000000000 {Caller}
            0000000000000000 0200000000000000 C0000000 00000000 0000000000000000 00800100 00000000
            """,
            $"""
            B0000000 00000000 0700000000000000
            0200000000000000 0000000000000000 {Year} {Year} 00000000 00000000 {AttributesOfHello}
            6600000000000000 1000000000000000 05000000 08000000 68656C6C6F000000
            """);
    }

    [Fact]
    public void STATFS() => Exchange(
        $"28000000 11000000 0800000000000000 0100000000000000 {Caller}",
        $"""
        60000000 00000000 0800000000000000
        0100000000000000 0000000000000000 0000000000000000 0400000000000000 0000000000000000
        00000200 FF000000 00100000 00000000 {Zeros(24)}
        """);

    [Fact]
    public void GETXATTR() => Exchange(
        $"37000000 16000000 0900000000000000 0400000000000000 {Caller} 00010000 00000000 757365722E6B00",
        "13000000 00000000 0900000000000000 010203");

    [Fact]
    public void GETXATTR_of_the_length() => Exchange(
        $"37000000 16000000 0900000000000000 0400000000000000 {Caller} 00000000 00000000 757365722E6B00",
        "18000000 00000000 0900000000000000 03000000 00000000");

    [Fact]
    public void LISTXATTR() => Exchange(
        $"30000000 17000000 0900000000000000 0400000000000000 {Caller} 00010000 00000000",
        "17000000 00000000 0900000000000000 757365722E6B00");

    [Fact]
    public void OPEN_of_a_kernel_that_cannot_stop_asking() => Exchange(
        $"30000000 0E000000 0A00000000000000 0200000000000000 {Caller} 00800000 00000000",
        "20000000 00000000 0A00000000000000 0000000000000000 02000000 00000000");

    private static string Zeros(int count) => new('0', 2 * count);

    private void Exchange(string request, string reply) => Assert.Equal(Hex.Bytes(reply), _kernel.Exchange(Hex.Bytes(request)));
}

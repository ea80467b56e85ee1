using System.Globalization;
using System.Runtime.CompilerServices;
using CondaFuse.Images.Disk;
using CondaFuse.Images.Tests;
using CondaFuse.Packing.Archives;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Tests.Archives;

public sealed class ArchiverTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string, int> FormatsAndLevels => new()
    {
        { "tar", 4 }, { "tar.gz", 0 }, { "tar.gz", 4 }, { "tar.gz", 9 }, { "tar.bz2", 0 }, { "tar.bz2", 4 }, { "tar.xz", 0 }, { "tar.xz", 4 },
        { "tar.zst", 0 }, { "tar.zst", 4 }, { "tar.zst", 19 },
    };

    public void Dispose() => _scratch.Dispose();

    [Trait("Needs", "root")]
    [Theory]
    [MemberData(nameof(FormatsAndLevels))]
    public void Tar_unpacks_what_was_packed(string format, int level)
    {
        var source = OddDirectory();
        var archive = _scratch[$"odd.{format}"];
        Pack(source, archive, PackFormats.Find(format)!.Value, level, threads: 2);
        Tool.Run("tar", "-xpf", archive, "-C", _scratch.MakeDirectory("out"));
        Assert.Equal(Listing(source), Listing(_scratch["out"]));
        Tool.Run("diff", "-r", "--no-dereference", "-x", "pipe", source, _scratch["out"]);
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("tar.gz")]
    [InlineData("tar.bz2")]
    [InlineData("tar.zst")]
    [InlineData("tar.xz")]
    [InlineData("zip")]
    public void The_same_tree_gives_the_same_bytes_with_any_number_of_threads(string format)
    {
        var source = OddDirectory();
        foreach (var threads in new[] { 1, 2, 5 })
        {
            Pack(source, _scratch[$"{threads}"], PackFormats.Find(format)!.Value, 1, threads);
        }

        Tool.Run("cmp", _scratch["1"], _scratch["2"]);
        Tool.Run("cmp", _scratch["1"], _scratch["5"]);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(3, true)]
    [InlineData(183, false)]
    public void Members_with_machine_code_of_x86_are_filtered_for_it_and_no_others(int machine, bool isX86)
    {
        byte[] header = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, .. new byte[9], 3, 0, (byte)machine, 0];
        var code = new byte[6 << 20];
        for (var i = 0; i < code.Length; i++)
        {
            code[i] = (byte)(i / 5000); // incompressible data are stored uncompressed, without a filter
        }

        header.CopyTo(code, 0);
        var tree = new MemoryTree();
        tree.AddFile("a.so", code); // extends into the second member; the third contains no code
        tree.AddFile("b", new byte[7 << 20]);
        foreach (var threads in new[] { 1, 3 })
        {
            Archiver.Write(tree, _scratch[$"{threads}.tar.xz"], new ArchiveSettings { Format = PackFormat.TarXz, Level = 1, Threads = threads });
        }

        Tool.Run("cmp", _scratch["1.tar.xz"], _scratch["3.tar.xz"]);
        var filters = Tool.Shell($"xz --list -vv '{_scratch["1.tar.xz"]}' | grep -o -- '--x86.*\\|--lzma2=.*' | cut -c -7");
        Assert.Equal(isX86 ? "--x86 -\n--x86 -\n--lzma2\n--lzma2\n" : "--lzma2\n--lzma2\n--lzma2\n--lzma2\n", filters);
        Tool.Run("tar", "-xpf", _scratch["1.tar.xz"], "-C", _scratch.MakeDirectory("out"));
        Assert.True(File.ReadAllBytes(_scratch["out/a.so"]).AsSpan().SequenceEqual(code));
    }

    [Trait("Needs", "root")]
    [Fact]
    public void Python_reads_it_too()
    {
        Pack(OddDirectory(), _scratch["odd.tar.gz"], PackFormat.TarGzip, 4, threads: 2);
        Tool.Run(
            "python3",
            "-c",
            "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])",
            _scratch["odd.tar.gz"],
            _scratch.MakeDirectory("out"));
        Tool.Run("diff", "-r", "--no-dereference", "-x", "pipe", _scratch["odd"], _scratch["out"]);
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("unzip", "-q {0} -d {1}")]
    [InlineData("7z", "x -snl -y -bso0 {0} -o{1}")]
    public void A_zip_archive_unpacks_to_what_was_packed(string program, string arguments)
    {
        var source = OddDirectory();
        Tool.Shell($"cd '{source}' && rm pipe 'long link' not*"); // 7z does not create broken links, unzip no names that are invalid UTF-8
        Pack(source, _scratch["odd.zip"], PackFormat.Zip, 4, threads: 2);
        Tool.Run("unzip", "-tqq", _scratch["odd.zip"]);
        Tool.Shell(
            $"LC_ALL=C.UTF-8 {program} {string.Format(CultureInfo.InvariantCulture, arguments, _scratch["odd.zip"], _scratch.MakeDirectory("out"))} "
            + ">&2");
        Tool.Run("diff", "-r", "--no-dereference", source, _scratch["out"]);
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Python_reads_a_zip_archive_of_any_level(int level)
    {
        var source = OddDirectory();
        Tool.Shell($"cd '{source}' && rm pipe near 'long link' not*");
        Pack(source, _scratch["odd.zip"], PackFormat.Zip, level, threads: 2, "a/b");
        Tool.Run(
            "python3",
            "-c",
            "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])",
            _scratch["odd.zip"],
            _scratch.MakeDirectory("out"));
        Tool.Run("diff", "-r", source, _scratch["out/a/b"]);
    }

    [Fact]
    public void A_zip_archive_without_64_bit_sizes_fails_if_it_needs_them()
    {
        Tool.Run("truncate", "-s", "4G", Path.Combine(_scratch.MakeDirectory("source"), "huge"));
        using var tree = DiskTree.Open(_scratch["source"]);
        var settings = new ArchiveSettings { Format = PackFormat.Zip, Threads = 1, AllowsZip64 = false };
        Assert.Contains(
            "huge: it needs 64-bit sizes",
            Assert.Throws<TreeException>(() => Archiver.Write(tree, _scratch["out.zip"], settings)).Message,
            StringComparison.Ordinal);
        Assert.Equal([_scratch["source"]], Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Trait("Needs", "root")]
    [Fact]
    public void A_directory_of_the_archive_can_be_the_root()
    {
        Pack(OddDirectory(), _scratch["odd.tar"], PackFormat.Tar, 4, threads: 1, "a/b");
        Tool.Run("tar", "-xpf", _scratch["odd.tar"], "-C", _scratch.MakeDirectory("out"));
        Tool.Run("diff", "-r", "--no-dereference", "-x", "pipe", _scratch["odd"], _scratch["out/a/b"]);
    }

    [Trait("Needs", "root")]
    [Fact]
    public void A_directory_is_written_as_one()
    {
        Pack(OddDirectory(), _scratch["out"], PackFormat.Directory, 4, threads: 2, "a");
        Tool.Run("diff", "-r", "--no-dereference", "-x", "pipe", _scratch["odd"], _scratch["out/a"]);
        Pack(_scratch["odd"], _scratch["out"], PackFormat.Directory, 4, threads: 2);
        var expected = Listing(_scratch["odd"]).Replace(" f 4755 ", " f 755 ", StringComparison.Ordinal); // no set-id bits without the owner
        Assert.Equal(expected, Listing(_scratch["out"]));
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(1, "zstd")]
    [InlineData(8, "zstd")]
    [InlineData(9, "xz")]
    public void Images_have_conda_pack_s_levels(int level, string codec)
    {
        var options = Archiver.ImageOptions(new ArchiveSettings { Format = PackFormat.SquashFs, Threads = 1, Level = level });
        Assert.Equal(codec, options.Compressor.Name);
        Assert.Equal(level > 0 ? 256 << 10 : 128 << 10, options.BlockSize);
        Assert.Equal(level switch { 1 => 2, 8 => 20, _ => null }, options.Level);
    }

    [Fact]
    public void A_failure_leaves_the_output_unchanged()
    {
        var tree = new MemoryTree();
        var file = tree.AddFile("file", new byte[5000]);
        tree.FailsReading = node => node == file ? new TreeException(TreeFailure.Storage, "broken") : null;
        File.WriteAllText(_scratch["out.tar.gz"], "before");
        Assert.Throws<TreeException>(
            () => Archiver.Write(tree, _scratch["out.tar.gz"], new ArchiveSettings { Format = PackFormat.TarGzip, Threads = 2 }));
        Assert.Throws<TreeException>(() => Archiver.Write(tree, _scratch["out"], new ArchiveSettings { Format = PackFormat.Directory, Threads = 2 }));
        Assert.Equal("before", File.ReadAllText(_scratch["out.tar.gz"]));
        Assert.Equal([_scratch["out.tar.gz"]], Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var tree = new MemoryTree();
        tree.AddFile("file", new byte[5000]);
        Assert.Throws<OperationCanceledException>(
            () => Archiver.Write(tree, _scratch["out.tar"], new ArchiveSettings { Format = PackFormat.Tar, Threads = 1 }, cancellation: stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public void Numbers_and_times_that_fit_into_no_header_are_kept()
    {
        var tree = new MemoryTree();
        var file = tree.AddFile("file", "x");
        tree.Change(file, attributes => attributes with { UserId = 4_000_000_000, GroupId = 3_000_000, Modified = new Timestamp(-2, 750_000_000) });
        Archiver.Write(tree, _scratch["out.tar"], new ArchiveSettings { Format = PackFormat.Tar, Threads = 1 });
        var said = Tool.Run(
            "python3", "-c", "import sys, tarfile\nfor m in tarfile.open(sys.argv[1]): print(m.name, m.uid, m.gid, m.mtime)", _scratch["out.tar"]);
        Assert.Equal("file 4000000000 3000000 -1.25\n", said);
    }

    [Fact]
    public void A_socket_is_left_out_and_named()
    {
        var tree = new MemoryTree();
        tree.AddSpecial("socket", EntryKind.Socket);
        Assert.Contains(
            "socket",
            Assert.Single(Archiver.Write(tree, _scratch["out.tar"], new ArchiveSettings { Format = PackFormat.Tar, Threads = 1 }).Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_header_is_a_block() => Assert.Equal(TarHeaderWriter.BlockBytes, Unsafe.SizeOf<RawTarHeader>());

    [Theory]
    [InlineData("x.tar.gz", PackFormat.TarGzip)]
    [InlineData("x.tgz", PackFormat.TarGzip)]
    [InlineData("x.tzst", PackFormat.TarZstd)]
    [InlineData("x.tar.zst", PackFormat.TarZstd)]
    [InlineData("x.txz", PackFormat.TarXz)]
    [InlineData("x.tbz2", PackFormat.TarBzip2)]
    [InlineData("x.tar", PackFormat.Tar)]
    [InlineData("x.squashfs", PackFormat.SquashFs)]
    [InlineData("x.zip", PackFormat.Zip)]
    [InlineData("x.no-archive", PackFormat.Directory)]
    [InlineData("x.img", null)]
    public void File_extensions_select_the_format(string name, PackFormat? format) => Assert.Equal(format, PackFormats.OfPath(name));

    private static void Pack(string source, string archive, PackFormat format, int level, int threads, string arcRoot = "")
    {
        using var tree = DiskTree.Open(source);
        Archiver.Write(tree, archive, new ArchiveSettings { Format = format, Level = level, Threads = threads, ArcRoot = arcRoot });
    }

    /// <summary>Long names and targets, hard links, unusual modes and times, and more content than a member.</summary>
    private string OddDirectory()
    {
        var odd = _scratch.MakeDirectory("odd");
        Tool.Shell($$"""
            cd '{{odd}}'
            mkdir -p deep/{{new string('d', 120)}}/{{new string('e', 120)}} empty
            echo long >deep/{{new string('d', 120)}}/{{new string('e', 120)}}/{{new string('f', 200)}}
            echo fits >deep/{{new string('d', 120)}}/fits
            echo exact >{{new string('x', 100)}}
            ln -s {{new string('t', 200)}} 'long link'
            ln -s deep near
            echo linked >one; ln one two; ln one 'deep/three ☃'
            : >nothing
            printf '%s' "$(seq 1 900000)" >large
            head -c 512 large >block
            chmod 4755 one; chmod 1777 empty; chmod 500 deep
            touch -d @1234567890.123456789 one; touch -d @1600000000 large empty
            mkfifo pipe
            printf 'x' >$'not\xffutf8'
            """);
        return odd;
    }

    /// <summary>Names, kinds, modes, owners, times, links.</summary>
    private static string Listing(string directory) =>
        Tool.Shell(
            $"cd '{directory}' && find . -mindepth 1 -printf '%p %y %m %U:%G %n %T@ %l\\n' | LC_ALL=C sort | sed 's/^\\(.* d .*\\) [0-9]* \\([^ "
            + "]*\\) $/\\1 \\2/'");
}

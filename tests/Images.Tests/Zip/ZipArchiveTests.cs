using System.Text;
using CondaFuse.Images.Disk;
using CondaFuse.Images.Zip;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Our archives, read by our reader and by other tools.</summary>
public sealed class ZipArchiveTests(OddSource odd, ZipSource plain) : IClassFixture<OddSource>, IClassFixture<ZipSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Trait("Needs", "root")]
    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(12)]
    public void The_written_archive_equals_its_source(int? level)
    {
        var result = Write(odd.Path, _scratch["a.zip"], level);

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(TreeText.OfDisk(odd.Path, xattrs: false), TreeText.Of(tree));
        var verified = Verifier.Verify(_scratch["a.zip"], 2);
        Assert.Empty(verified.Findings);
        Assert.Equal(result.Counts, verified.Counts);
        var summary = ImageSummary.Read(_scratch["a.zip"]);
        Assert.Equal(
            (result.Identity, 1L, result.Counts, result.ContentBytes),
            (summary.Identity!.Value, summary.Generation!.Value, summary.Counts!.Value, summary.UncompressedBytes!.Value));
        Assert.Equal(new GenerationInfo(result.Identity, 1, MergedSegment: null), GenerationInfo.Read(_scratch["a.zip"]));
        Assert.Contains(result.Warnings, warning => warning.Contains("user.short", StringComparison.Ordinal));
        using var source = DiskTree.Open(odd.Path);
        Assert.Equal(source.GetAttributes(NodeId.Root).Modified, tree.GetAttributes(NodeId.Root).Modified);
    }

    [Trait("Needs", "root")]
    [Fact]
    public void The_same_tree_gives_the_same_bytes_with_any_number_of_threads()
    {
        var copy = _scratch["copy"];
        Tool.Run("cp", "-a", odd.Path, copy);
        Write(odd.Path, _scratch["a.zip"], threads: 1);
        Write(copy, _scratch["b.zip"], threads: 5);

        Assert.Equal(File.ReadAllBytes(_scratch["a.zip"]), File.ReadAllBytes(_scratch["b.zip"]));
    }

    [Fact]
    public void A_long_file_is_compressed_in_pieces_that_are_one_stream()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell($"cd '{source}' && seq 1 3000000 > long && head -c 10000000 /dev/urandom > noise && ln long other");
        Write(source, _scratch["a.zip"], threads: 3);

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(TreeText.OfDisk(source), TreeText.Of(tree));
        Tool.Run("unzip", "-tqq", _scratch["a.zip"]);
        Assert.True(new FileInfo(_scratch["a.zip"]).Length < 25_000_000);
    }

    [Fact]
    public void Other_tools_find_no_problems_and_see_the_same_tree()
    {
        Tool.Shell(
            $"cp -a '{plain.Path}' '{_scratch["source"]}' && cd '{_scratch["source"]}' && ln many/module_1.py env/hard && touch -h -d '2021-03-04 "
            + "05:06:08 UTC' many/module_1.py env");
        Write(_scratch["source"], _scratch["a.zip"]);
        Tool.Run("unzip", "-tqq", _scratch["a.zip"]);
        var seven = Tool.Run("7z", "t", _scratch["a.zip"]);
        Assert.DoesNotContain("arning", seven, StringComparison.Ordinal);
        Tool.Run(
            "python3",
            "-c",
            "import sys, zipfile; a = zipfile.ZipFile(sys.argv[1]); assert a.testzip() is None; assert a.read('env/hard') == b'file 1\\n'",
            _scratch["a.zip"]);
        Tool.Shell($"mkdir '{_scratch["unzip"]}' && cd '{_scratch["unzip"]}' && unzip -qqXK '{_scratch["a.zip"]}'");
        Assert.Equal(
            Files(TreeText.OfDisk(_scratch["source"], xattrs: false, links: false)),
            Files(TreeText.OfDisk(_scratch["unzip"], xattrs: false, links: false)));

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(TreeText.OfDisk(_scratch["source"], xattrs: false), TreeText.Of(tree));
        using var sharp = new ICSharpCode.SharpZipLib.Zip.ZipFile(_scratch["a.zip"]);
        Assert.True(sharp.TestArchive(testData: true));
        using var content = new StreamReader(sharp.GetInputStream(sharp.GetEntry("env/hard")), Encoding.UTF8);
        Assert.Equal("file 1\n", content.ReadToEnd());

        // unzip gives links the current time.
        static string Files(string text) => string.Join('\n', text.Split('\n').Where(line => !line.Contains(" Symlink ", StringComparison.Ordinal)));
    }

    [RootFact]
    public void Fuse_zip_shows_the_same_tree_and_may_change_it()
    {
        Tool.Shell($"cp -a '{plain.Path}' '{_scratch["source"]}' && cd '{_scratch["source"]}' && ln many/module_1.py env/hard && mkfifo env/fifo");
        Write(_scratch["source"], _scratch["a.zip"]);
        var before = GenerationInfo.Read(_scratch["a.zip"]);
        var mount = _scratch.MakeDirectory("mount");
        try
        {
            Tool.Run("timeout", "60", "fuse-zip", _scratch["a.zip"], mount);
            // Debian's version 0.5 does not support hard links: it shows two files.
            Assert.Equal(TreeText.OfDisk(_scratch["source"], false, false, links: false), TreeText.OfDisk(mount, false, false, links: false));
            Tool.Shell($"cd '{mount}' && echo more >> env/hello && rm env/nothing");
        }
        finally
        {
            Tool.TryRun("umount", mount);
        }

        // After its mount is gone, it writes a new file that replaces the archive.
        Assert.True(
            SpinWait.SpinUntil(() => GenerationInfo.Read(_scratch["a.zip"]).Generation == 0, TimeSpan.FromMinutes(2)),
            "fuse-zip wrote nothing, or a record that it voided still counts");
        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.DoesNotContain("/env/nothing ", TreeText.Of(tree), StringComparison.Ordinal);
        var after = GenerationInfo.Read(_scratch["a.zip"]);
        Assert.NotEqual(before.Identity, after.Identity);
        Assert.True(tree.TryLookup(NodeId.Root, "many"u8, out var many));
        Assert.True(tree.TryLookup(many.Node, "module_1.py"u8, out var module) && module.LinkCount == 2, "the hard link is gone");
    }

    [Fact]
    public void More_entries_than_16_bits_count_need_zip64()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell($"cd '{source}' && seq -f 'file-%g' 1 66000 | xargs touch");
        using (var disk = DiskTree.Open(source))
        {
            var refused = Assert.Throws<TreeException>(
                () => ZipWriter.Write(disk, _scratch["b.zip"], new PackOptions { Threads = 2 }, allowsZip64: false));
            Assert.Equal(TreeFailure.Unsupported, refused.Failure);
            Assert.Empty(Directory.GetFiles(_scratch.Root, "b.zip*"));
        }

        Write(source, _scratch["a.zip"]);
        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(66000 + 1, tree.Totals.Entries);
        Tool.Run("unzip", "-tqq", _scratch["a.zip"]);
    }

    [Fact]
    public void A_damaged_record_is_reported_and_one_of_a_later_version_refused()
    {
        Write(plain.Path, _scratch["a.zip"]);
        var bytes = File.ReadAllBytes(_scratch["a.zip"]);
        var footer = bytes.AsSpan().LastIndexOf("CondaFz\u001A"u8);
        var damaged = (byte[])bytes.Clone();
        damaged[footer - 100] ^= 1;
        File.WriteAllBytes(_scratch["b.zip"], damaged);
        Assert.Equal(ImageFault.Record, Assert.Throws<ImageException>(() => ZipTree.Open(_scratch["b.zip"])).Fault);

        bytes[footer + 8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(footer + 44), Crc32C.Of(bytes.AsSpan(footer, 44)));
        File.WriteAllBytes(_scratch["b.zip"], bytes);
        Assert.Equal(ImageFault.RecordVersion, Assert.Throws<ImageException>(() => GenerationInfo.Read(_scratch["b.zip"])).Fault);
    }

    private static PackResult Write(string source, string target, int? level = null, int threads = 2)
    {
        using var tree = DiskTree.Open(source);
        return ZipWriter.Write(tree, target, new PackOptions { Threads = threads, Level = level });
    }
}

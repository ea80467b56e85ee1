using System.Security.Cryptography;
using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>What is stored and how often, and that it does not depend on threads.</summary>
public sealed class WriterContentTests(OddSource odd) : IClassFixture<OddSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_same_tree_gives_the_same_bytes_with_any_number_of_threads()
    {
        var hashes = new[] { 1, 2, 3, 8, 1 }.Select(threads =>
        {
            using var tree = DiskTree.Open(odd.Path);
            SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = threads, Level = 1, BlockSize = 16384 });
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_scratch["image"])));
        }).Distinct();

        Assert.Single(hashes);
    }

    [Fact]
    public void An_image_packed_again_gives_the_same_bytes()
    {
        var options = new PackOptions { Threads = 2, Level = 1 };
        using (var tree = DiskTree.Open(odd.Path))
        {
            SquashFsWriter.Write(tree, _scratch["first"], options);
        }

        using (var tree = SquashFsTree.Open(_scratch["first"]))
        {
            SquashFsWriter.Write(tree, _scratch["second"], options);
        }

        Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
    }

    [Fact]
    public void Identical_content_is_stored_once()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell(
            $"cd '{source}' && head -c 1000001 /dev/urandom > a && cp a b && cp a c && head -c 5000 /dev/urandom > small && cp small small2 && head "
            + "-c 524288 a > front");
        using var tree = DiskTree.Open(source);
        var result = SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1 });

        Assert.Equal(4, result.SharedFiles);
        Assert.InRange(result.ImageBytes, 1_005_000, 1_020_000);
        using var image = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.OfDisk(source), TreeText.Of(image));
    }

    [Fact]
    public void A_file_with_the_beginning_of_another_keeps_its_own_content()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell($$"""
            cd '{{source}}'
            head -c 900000 /dev/urandom > a
            { head -c 600000 a; echo different; tail -c 100000 a; } > b
            { head -c 131072 a; head -c 131072 a; head -c 131072 a; tail -c 10 a; } > c
            { head -c 131072 /dev/zero; head -c 262144 a; head -c 131072 /dev/zero; head -c 393216 a | tail -c 131072; } > d
            """);
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 3, Level = 1 });

        using var image = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.OfDisk(source), TreeText.Of(image));
        Tool.Run("unsquashfs", "-no-progress", "-quiet", "-d", _scratch["out"], _scratch["image"]);
        Assert.Equal(TreeText.OfDisk(source, exactTimes: false), TreeText.OfDisk(_scratch["out"], exactTimes: false));
    }

    [Fact]
    public void The_top_directory_is_the_one_asked_for()
    {
        using var tree = DiskTree.Open(odd.Path);
        var result = SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1, ArcRoot = "env", Message = "created" });

        using var image = SquashFsTree.Open(_scratch["image"]);
        var root = new TakingSink(10);
        image.ReadDirectory(NodeId.Root, 0, root);
        Assert.Equal(Convert.ToHexString("env"u8), Assert.Single(root.Taken).Name);
        Assert.Equal(3u, image.GetAttributes(NodeId.Root).LinkCount);
        var summary = ImageSummary.Read(_scratch["image"]);
        Assert.Equal((result.Identity, 1L, "created"), (summary.Identity!.Value, summary.Generation!.Value, summary.Message));
        Assert.Equal(result.Counts, summary.Counts);
        Assert.Equal(summary.Inodes, result.Counts.Total);
        Assert.Empty(Verifier.Verify(_scratch["image"], 2).Findings);
    }

    [Fact]
    public void Sparse_files_over_4_GiB_are_read()
    {
        WriteSparse();
        Assert.InRange(new FileInfo(_scratch["image"]).Length, 4096, 65536);
        using var image = SquashFsTree.Open(_scratch["image"]);
        Assert.True(image.TryLookup(NodeId.Root, "big"u8, out var big));
        Assert.Equal((5L << 30) + 3, big.Size);
        var room = new byte[8];
        Assert.Equal(8, image.Read(big.Node, 4_499_999_999, room));
        Assert.Equal("\0middle\0"u8, room);
        Assert.Equal(4, image.Read(big.Node, (5L << 30) - 1, room));
        Assert.Equal("\0end"u8, room.AsSpan(0, 4));
    }

    [RootFact]
    public void The_kernel_reads_sparse_files_over_4_GiB_too()
    {
        var source = WriteSparse();
        using var mount = new KernelMount(_scratch["image"], _scratch.MakeDirectory("mount"));
        using var written = File.OpenHandle(Path.Combine(source, "big"));
        using var shown = File.OpenHandle(Path.Combine(mount.Directory, "big"));
        var size = RandomAccess.GetLength(written);
        Assert.Equal(size, RandomAccess.GetLength(shown));

        // A piece of every 4 MiB, and all pieces with content: reading 5 GiB twice takes half a minute.
        var (expected, actual) = (new byte[10_000], new byte[10_000]);
        foreach (var offset in Enumerable.Range(0, (int)(size >> 22) + 1).Select(number => (long)number << 22).Concat([4_499_995_000, size - 5000]))
        {
            var length = RandomAccess.Read(written, expected, offset);
            Assert.Equal(length, RandomAccess.Read(shown, actual, offset));
            Assert.True(expected.AsSpan(0, length).SequenceEqual(actual.AsSpan(0, length)), $"{offset}");
        }
    }

    /// <summary>Writes an image of a file of 5 GiB, most of it a hole.</summary>
    /// <returns>The directory of the file.</returns>
    private string WriteSparse()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell(
            $"cd '{source}' && truncate -s 5G big && printf middle | dd of=big bs=1 seek=4500000000 conv=notrunc status=none && printf end >> big");
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1 });
        return source;
    }

    [Fact]
    public void Trees_deeper_than_any_path_are_packed_verified_and_extracted()
    {
        OddTree.MakeDeep(_scratch["deep"], 120);
        using (var tree = DiskTree.Open(_scratch["deep"]))
        {
            SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1 });
        }

        Assert.Empty(Verifier.Verify(_scratch["image"], 2).Findings);
        using var image = SquashFsTree.Open(_scratch["image"]);
        Extractor.Extract(image, _scratch["out"], new ExtractOptions { Threads = 2, KeepOwners = Rights.IsRoot });
        Assert.Equal(TreeText.OfDisk(_scratch["deep"]), TreeText.OfDisk(_scratch["out"]));
    }

    [Fact]
    public void Seven_zip_reports_no_problems()
    {
        using var tree = DiskTree.Open(odd.Path);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Compressor = Codecs.Gzip, Level = 1 });

        Assert.DoesNotContain("arning", Tool.Run("7z", "t", _scratch["image"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_ends_with_the_totals()
    {
        var last = default(PackProgress);
        using var tree = DiskTree.Open(odd.Path);
        var result = SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1 }, new Last(progress => last = progress));

        Assert.True(last.IsTotalKnown);
        Assert.Equal((result.Counts.Files, result.ContentBytes), (last.TotalFiles, last.TotalBytes));
        Assert.Equal((last.TotalFiles, last.TotalBytes), (last.Files, last.Bytes));
    }

    private sealed class Last(Action<PackProgress> report) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => report(value);
    }
}

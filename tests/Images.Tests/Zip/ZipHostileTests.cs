using System.Globalization;
using System.Text;
using CondaFuse.Images.Zip;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Damaged and forged archives cause typed failures or results, never a crash, a hang or unlimited memory use.</summary>
public sealed class ZipHostileTests : IDisposable
{
    private const int Seed = 20261120;
    private const int Rounds = 1200;
    private const long MaxAllocated = 64 << 20;

    private static readonly TimeSpan LongestVariant = TimeSpan.FromSeconds(10);

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/..")]
    [InlineData("..")]
    [InlineData("a\0b")]
    [InlineData("a\0b/c")]
    [InlineData(".")]
    [InlineData("")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write([new("good", "1"), new(name, "evil")]));
        Assert.Equal(ImageFault.EntryName, Assert.Throws<ImageException>(() => ImageTree.Open(_scratch["a.zip"])).Fault);
        Assert.Equal(ImageFault.EntryName, Assert.Single(Verifier.Verify(_scratch["a.zip"], 1).Findings).Fault);
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused() => Expect(ImageFault.EntryName, new ForgedEntry(new string('x', 256)));

    [Fact]
    public void A_name_cannot_be_both_a_directory_and_something_else()
    {
        Expect(ImageFault.EntryConflict, new("a", "1"), new("a/b", "2"));
        Expect(ImageFault.EntryConflict, new("a/b", "2"), new("a", "1"));
        Expect(ImageFault.EntryConflict, new("a", "/tmp") { Mode = 0xA1FF }, new("a/b", "through the link"));
        Expect(ImageFault.EntryConflict, new("a/", "") { Mode = 0x41ED }, new("a", "1"));
    }

    [Fact]
    public void Entries_that_share_bytes_are_refused()
    {
        Expect(ImageFault.EntryOverlap, new("a", new string('x', 100)), new("b") { IsListedOnly = true, Offset = 0 });
        Expect(ImageFault.EntryOverlap, new("a", new string('x', 100)), new("b", "1") { Offset = 40 });
        Expect(ImageFault.EntryPlace, new("a", "1"), new ForgedEntry("b", "2") { Offset = 1 << 20 });
    }

    [Fact]
    public void Too_many_directories_without_entries_are_refused() =>
        Expect(
            ImageFault.ImpliedDirectories,
            [.. Enumerable.Range(0, 4).Select(i => new ForgedEntry(i + "/" + string.Concat(Enumerable.Repeat("a/", 30_000)) + "b"))]);

    [Fact]
    public void A_forged_size_takes_no_memory_and_no_time()
    {
        var bomb = new ForgedEntry("bomb") { Method = 8, Stored = [3, 0], Plain = [], Size = uint.MaxValue - 1 };
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write([bomb, bomb with { Name = "small"u8.ToArray(), Size = 100_000 }]));
        using var tree = ZipTree.Open(_scratch["a.zip"]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ImageFault.BlockContent, FaultOf(tree, "bomb", uint.MaxValue - 100L));
        Assert.Equal(ImageFault.BlockContent, FaultOf(tree, "small", 0));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Fact]
    public void Content_that_is_longer_than_it_claims_is_refused()
    {
        foreach (var method in new ushort[] { 8, 12, 93, 95 })
        {
            var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 600_000)));
            var entry = new ForgedEntry("long")
            {
                Method = method,
                Stored = ZipContentTests.Compress(method, plain, _scratch),
                Plain = plain,
                Size = plain.Length - 5,
            };
            File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write([entry]));
            Assert.Equal(ImageFault.BlockContent, Assert.Single(Verifier.Verify(_scratch["a.zip"], 1).Findings).Fault);
        }
    }

    [Fact]
    public void Content_that_does_not_match_its_checksum_fails_and_is_named()
    {
        var big = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 700_000)));
        ForgedEntry[] entries =
        [
            new("good", "good"), new("stored", "x") { Crc = 1 }, new("big") { Stored = big, Plain = big, Crc = 1 },
            .. new ushort[] { 8, 12, 93, 95 }.Select(
                method =>
                    new ForgedEntry($"m{method}")
                    {
                        Method = method,
                        Stored = ZipContentTests.Compress(method, big, _scratch),
                        Plain = big,
                        Crc = 1,
                    }),
            new("m8s") { Method = 8, Stored = ZipContentTests.Compress(8, "short"u8.ToArray(), _scratch), Plain = "short"u8.ToArray(), Crc = 1 },
        ];
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write(entries));
        var findings = Verifier.Verify(_scratch["a.zip"], 2).Findings;
        Assert.Equal(["/big", "/m12", "/m8", "/m8s", "/m93", "/m95", "/stored"], findings.Select(finding => finding.Path));
        Assert.All(findings, finding => Assert.Equal(ImageFault.Checksum, finding.Fault));

        using var tree = ZipTree.Open(_scratch["a.zip"]);
        foreach (var finding in findings)
        {
            Assert.True(tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(finding.Path[1..]), out var attributes));
            Assert.Equal(ImageFault.Checksum, Assert.Throws<ImageException>(() => ReadAll(tree, attributes)).Fault);
        }

        Assert.Throws<TreeException>(() => Extractor.Extract(tree, _scratch["out"], new ExtractOptions { Threads = 1, KeepOwners = false }));
    }

    [Fact]
    public void Unsupported_content_is_refused_by_file()
    {
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write([
            new("ppmd", "1") { Method = 98 }, new("secret", "2") { Flags = 1 }, new("short", "3") { Size = 9 }, new("good", "4"),
            new("elsewhere", "5") { Offset = 0, IsListedOnly = true },
        ], order: [0, 1, 2, 3]));
        using var tree = ZipTree.Open(_scratch["a.zip"]);
        Assert.Equal(
            (ImageFault.Compressor, ImageFault.Encrypted, ImageFault.BlockContent, null),
            (FaultOf(tree, "ppmd", 0), FaultOf(tree, "secret", 0), FaultOf(tree, "short", 0), FaultOf(tree, "good", 0)));
    }

    [Fact]
    public void Symlinks_with_invalid_targets_fail_alone()
    {
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write([
            new("empty", "") { Mode = 0xA1FF }, new("nul", "a\0b") { Mode = 0xA1FF }, new("long", new string('x', 4096)) { Mode = 0xA1FF },
            new("loop", "loop") { Mode = 0xA1FF },
        ]));
        using var tree = ZipTree.Open(_scratch["a.zip"]);
        foreach (var name in new[] { "empty", "nul", "long" })
        {
            Assert.True(tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(name), out var link));
            Assert.Equal(ImageFault.SymlinkLength, Assert.Throws<ImageException>(() => tree.ReadLink(link.Node, new byte[5000])).Fault);
        }

        Assert.True(tree.TryLookup(NodeId.Root, "loop"u8, out var loop));
        Assert.Equal(4, tree.ReadLink(loop.Node, new byte[10]));
        Assert.Equal(3, Verifier.Verify(_scratch["a.zip"], 1).Findings.Count);
    }

    [Fact]
    public void The_last_of_duplicate_names_wins_and_is_reported()
    {
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write([new("d/a", "first"), new("d/a", "second")]));
        var finding = Assert.Single(Verifier.Verify(_scratch["a.zip"], 1).Findings);
        Assert.Equal((ImageFault.DuplicateName, "/d/a"), (finding.Fault, finding.Path));
    }

    [Fact]
    public void Truncated_anywhere()
    {
        var exercise = new ZipExercise();
        foreach (var archive in Bases())
        {
            for (var i = 0; i < 60; i++)
            {
                Exercise(exercise, archive[..(archive.Length * i / 60)], $"cut to {archive.Length * i / 60} of {archive.Length}");
            }
        }

        Assert.True(exercise.Faults.ContainsKey(nameof(ImageFault.NotAnImage)));
    }

    [Fact]
    public void Random_hits_anywhere()
    {
        var rounds = int.Parse(
            Environment.GetEnvironmentVariable("CONDAFUSE_FUZZ_ROUNDS") ?? Rounds.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        var random = new Random(Seed);
        var bases = Bases();
        var exercise = new ZipExercise();
        for (var round = 0; round < rounds; round++)
        {
            var archive = bases[round % bases.Count].ToArray();
            var hits = 1 + random.Next(4);
            for (var hit = 0; hit < hits; hit++)
            {
                // Most of the hits are in the directory and the end record.
                var offset = random.Next(4) == 0 ? random.Next(archive.Length) : Math.Max(0, archive.Length - 1 - random.Next(2500));
                archive[offset] = random.Next(4) switch
                {
                    0 => 0,
                    1 => 0xFF,
                    2 => (byte)(archive[offset] ^ (1 << random.Next(8))),
                    _ => (byte)random.Next(256),
                };
            }

            Exercise(exercise, archive, $"round {round}");
        }

        Assert.True(exercise.Faults.Count >= 10, string.Join(' ', exercise.Faults));
    }

    private void Expect(ImageFault fault, params ForgedEntry[] entries)
    {
        File.WriteAllBytes(_scratch["a.zip"], ZipForge.Write(entries));
        Assert.Equal(fault, Assert.Throws<ImageException>(() => ZipTree.Open(_scratch["a.zip"])).Fault);
    }

    private static ImageFault? FaultOf(ZipTree tree, string name, long offset)
    {
        Assert.True(tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(name), out var found));
        try
        {
            tree.Read(found.Node, offset, new byte[1000]);
            return null;
        }
        catch (ImageException exception)
        {
            return exception.Fault;
        }
    }

    private static void ReadAll(ZipTree tree, in Attributes attributes)
    {
        var room = new byte[65536];
        for (long offset = 0; offset < attributes.Size;)
        {
            offset += tree.Read(attributes.Node, offset, room);
        }
    }

    private void Exercise(ZipExercise exercise, byte[] archive, string what)
    {
        File.WriteAllBytes(_scratch["hurt"], archive);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime.Used();
        try
        {
            exercise.Run(_scratch["hurt"]);
        }
        catch (Exception exception)
        {
            File.WriteAllBytes(Path.Combine(Path.GetTempPath(), "condafuse-hostile.zip"), archive);
            throw new InvalidOperationException($"{what}: {exception.Message} (kept as condafuse-hostile.zip)", exception);
        }

        var took = ThreadTime.Used() - start;
        Assert.True(took < LongestVariant, $"{what} took {took} of processor time");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MaxAllocated, $"{what} allocated {allocated} bytes");
    }

    /// <summary>Small archives of all writers and methods.</summary>
    private List<byte[]> Bases()
    {
        var source = _scratch["base"];
        Tool.Shell($$"""
            mkdir '{{source}}'; cd '{{source}}'
            mkdir -p a/b/c empty
            printf hello > a/hello; seq 1 30000 > a/numbers; seq 1 60000 > a/long; ln -s hello a/link
            for i in $(seq 1 20); do echo $i > "a/b/a-name-$i"; done
            zip -qry ../deflate.zip . && zip -qry -Z bzip2 ../bzip2.zip . && zip -qry -fz ../zip64.zip .
            7z a -tzip -snl ../seven.zip . > /dev/null
            """);
        var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 30_000)));
        byte[] times = [1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 8, 0];
        return
        [
            File.ReadAllBytes(_scratch["deflate.zip"]), File.ReadAllBytes(_scratch["bzip2.zip"]), File.ReadAllBytes(_scratch["zip64.zip"]),
            File.ReadAllBytes(_scratch["seven.zip"]),
            ZipForge.Write(
            [
                new("zstd") { Method = 93, Stored = ZipContentTests.Compress(93, plain, _scratch), Plain = plain },
                new("xz") { Method = 95, Stored = ZipContentTests.Compress(95, plain, _scratch), Plain = plain },
                new("d/link") { DosAttributes = 0x800, Extra = ZipForge.Field(0x0D, [.. times, .. "xz"u8]) },
                new("disk") { Mode = 0x61B0, Extra = ZipForge.Field(0x0D, [.. times, 8, 0, 0, 0, 17, 1, 0, 0]) },
                new("short", "2") { Extra = ZipForge.Field(0x7855), LocalExtra = ZipForge.Field(0x7855, 5, 1, 6, 0) },
            ], zip64: true),
        ];
    }
}

using System.Text;
using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing;
using CondaFuse.Packing.Tests;
using CondaFuse.Platform;
using CondaFuse.Relocation;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests;

/// <summary>The prefix table in images equals what a search of the content finds, and replaces it.</summary>
public sealed class StoredPrefixesTests : IDisposable
{
    private const string Elsewhere = "/somewhere/else/with/a/longer/name/env";
    private const int Trees = 60;
    private const int Forgeries = 150;

    private static readonly EnvironmentName Name = EnvironmentName.Parse("env");

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();
    private readonly Archive _archive;

    public StoredPrefixesTests() => _archive = new Archive(Name, _sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs), ArchiveFormat.SquashFs);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void The_table_is_what_a_search_finds_in_any_environment()
    {
        var entries = 0;
        for (var seed = 0; seed < Trees; seed++)
        {
            Pack(new Random(seed), Codecs.Zstd);
            entries += Agreed().Entries.Count;
        }

        Assert.True(entries > 10 * Trees, $"only {entries} entries");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_is_through_commits_at_other_prefixes_rollbacks_compactions_and_conversions(int seed)
    {
        var random = new Random(seed);
        Pack(random, Codecs.Zstd);
        var tables = new Dictionary<long, byte[]> { [1] = PrefixTableFormat.Format(Agreed()) };
        for (var round = 0; round < 12; round++)
        {
            var newest = GenerationInfo.Read(_archive.Path).Generation;
            if (round % 4 == 3)
            {
                var back = tables.Keys.ElementAt(random.Next(tables.Count));
                var restoring = new GenerationRestoring(_sandbox.Layout, Writers.Here(), _clock);
                if (restoring.Restore(_archive, back, message: null, 1) is not null)
                {
                    tables[newest + 1] = PrefixTableFormat.Format(Agreed());
                    Assert.Equal(tables[back], tables[newest + 1]);
                }
            }
            else
            {
                Change(random, random.Next(3) == 0 ? $"/another/{round}/env" : Elsewhere);
                tables[newest + 1] = PrefixTableFormat.Format(Agreed());
            }

            Assert.Empty(Verifier.Verify(_archive.Path, 1).Findings);
        }

        var kept = tables.Keys.Order().Where((_, index) => index % 3 == 0).Append(tables.Keys.Max()).ToHashSet();
        var compaction = new ArchiveCompaction(_sandbox.Layout, Writers.Here(), _clock);
        Assert.True(compaction.Keep(_archive, kept, 1, progress: null, CancellationToken.None).IsDone);
        Assert.Empty(Verifier.Verify(_archive.Path, 1).Findings);
        Assert.All(kept, generation => Assert.Equal(tables[generation], PrefixTableFormat.Format(Agreed(generation))));

        Assert.True(compaction.Repack(_archive, always: false, 1, progress: null, CancellationToken.None).IsDone);
        var packed = Agreed();
        new ArchiveConversion(_sandbox.Layout, Writers.Here(), _clock).Run(_archive, ArchiveFormat.Zip, 1, progress: null, CancellationToken.None);
        var zip = _sandbox.Catalog.Get(Name);
        using (var tree = ImageTree.Open(zip.Path))
        {
            var stored = StoredPrefixes.Read(tree, "env");
            Assert.NotNull(stored);
            Assert.Equal(PrefixTableFormat.Format(PrefixDiscovery.Find(tree, "env")), PrefixTableFormat.Format(stored));
        }

        new ArchiveConversion(_sandbox.Layout, Writers.Here(), _clock).Run(zip, ArchiveFormat.SquashFs, 1, progress: null, CancellationToken.None);
        Assert.Equal(packed.Entries.Count, Agreed().Entries.Count);
    }

    [Fact]
    public void With_the_table_no_content_is_read_to_mount_elsewhere_or_at_home()
    {
        Pack(new Random(5), Codecs.None);
        long expected;
        using (var tree = Shown(Elsewhere))
        {
            expected = SizeOfScript(tree);
        }

        HurtContent();
        using (var moved = Assert.IsType<RelocatedTree>(Shown(Elsewhere)))
        {
            Assert.Equal(expected, SizeOfScript(moved));
        }

        using var home = Shown(SampleEnvironment.Prefix);
        Assert.Equal(expected - Elsewhere.Length + SampleEnvironment.Prefix.Length, SizeOfScript(home));
        Assert.False(Directory.Exists(Path.GetDirectoryName(_sandbox.Layout.PrefixListFile(GenerationInfo.Read(_archive.Path)))));
    }

    [Fact]
    public void A_commit_of_other_files_keeps_the_table_and_reads_no_content()
    {
        const string prefix = SampleEnvironment.Prefix;
        using (var source = new SampleEnvironment().Own("bin/python", "\u007fELF").Own("bin/first", $"#!{prefix}/bin/python\n")
            .Own("lib/a.pth", prefix).Build())
        {
            Write(source, Codecs.None, PrefixDiscovery.TableOf(source, "", "env"));
        }

        HurtContent();
        var before = TableBytes();
        Assert.NotNull(before);
        foreach (var name in new[] { "new.py", "notes.txt" })
        {
            using var environment = Open(prefix);
            var lib = Find(environment.Tree, "env", "lib");
            environment.Tree.Create(lib.Node, Encoding.UTF8.GetBytes(name), new NewEntry(EntryKind.File, 0x1A4, 0, 0));
            Assert.NotNull(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
            Assert.Equal(before, TableBytes());
        }

        using (var environment = Open(prefix))
        {
            environment.Tree.Unlink(Find(environment.Tree, "env", "bin").Node, "first"u8);
            Assert.NotNull(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
        }

        Assert.NotEqual(before, TableBytes());
    }

    [Fact]
    public void Without_the_table_content_is_read()
    {
        Pack(new Random(5), Codecs.None, hasTable: false);
        HurtContent();
        using var shown = Shown(Elsewhere);
        Assert.IsType<SquashFsTree>(shown); // nothing is known of its prefix
    }

    [Fact]
    public void A_table_of_another_directory_is_not_used()
    {
        Pack(new Random(6), Codecs.Zstd);
        using var tree = SquashFsTree.Open(_archive.Path);
        Assert.NotNull(StoredPrefixes.Read(tree, "env"));
        Assert.Null(StoredPrefixes.Read(tree, ""));
        Assert.Null(StoredPrefixes.Prefixes(tree, ""));
    }

    [Fact]
    public void A_table_that_lies_changes_a_file_at_most_and_never_hinders_writing()
    {
        byte[] sound;
        using (var source = Environment(new Random(7)))
        {
            Write(source, Codecs.Zstd, PrefixDiscovery.TableOf(source, "", "env"));
            using var image = SquashFsTree.Open(_archive.Path);
            sound = image.ReadPrefixTable()!;
        }

        var (random, used) = (new Random(8), 0);
        for (var round = 0; round < Forgeries; round++)
        {
            var forged = Forgery.Of(sound, random);
            using (var source = Environment(new Random(7)))
            {
                Write(source, Codecs.Zstd, (_, _) => forged);
            }

            using (var image = SquashFsTree.Open(_archive.Path))
            {
                used += StoredPrefixes.Read(image, "env") is null ? 0 : 1;
            }

            using (var environment = Open(Elsewhere))
            {
                WalkAll(environment.Tree);
                environment.Tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
                WalkAll(environment.Tree);
            }

            Directory.Delete(Layout.ChangesFolder(_archive.Path), recursive: true);
        }

        Assert.InRange(used, Forgeries / 10, Forgeries - 1);
    }

    /// <summary>The table of a generation, which is what a search finds.</summary>
    private PrefixTable Agreed(long? generation = null)
    {
        using var tree = generation is { } number ? SquashFsTree.Open(_archive.Path, number) : SquashFsTree.Open(_archive.Path);
        var top = PrefixLocator.Locate(tree, "env");
        var stored = StoredPrefixes.Read(tree, top);
        Assert.NotNull(stored);
        Assert.Equal(PrefixTableFormat.Format(PrefixDiscovery.Find(tree, top)), PrefixTableFormat.Format(stored));
        return stored;
    }

    private byte[]? TableBytes()
    {
        using var tree = SquashFsTree.Open(_archive.Path);
        return tree.ReadPrefixTable();
    }

    private INumberedTree Shown(string prefix)
    {
        var version = GenerationInfo.Read(_archive.Path);
        return new PrefixView(_sandbox.Layout, _ => { }).Show(
            SquashFsTree.Open(_archive.Path), ListedGeneration.Present(_archive.Path, version), prefix, "env");
    }

    private static long SizeOfScript(IReadableTree tree) => Find(tree, "env", "bin", "first").Size;

    private static Attributes Find(IReadableTree tree, params ReadOnlySpan<string> path)
    {
        var found = tree.GetAttributes(NodeId.Root);
        foreach (var name in path)
        {
            Assert.True(tree.TryLookup(found.Node, Encoding.UTF8.GetBytes(name), out found), name);
        }

        return found;
    }

    /// <summary>Destroys the content of all files: the uncompressed blocks are all bytes up to the last known content.</summary>
    private void HurtContent()
    {
        var bytes = File.ReadAllBytes(_archive.Path);
        var end = bytes.AsSpan().LastIndexOf("#!"u8);
        foreach (var content in new[] { "plain"u8.ToArray(), Encoding.UTF8.GetBytes(SampleEnvironment.Prefix) })
        {
            for (var at = 0; bytes.AsSpan(at).IndexOf(content) is >= 0 and var found && at + found < end; at += found + 1)
            {
                bytes[at + found] ^= 0x55;
            }
        }

        bytes[bytes.AsSpan().IndexOf("#!"u8)] ^= 0x55;
        File.WriteAllBytes(_archive.Path, bytes);
    }

    private ServedEnvironment Open(string prefix) =>
        ServedEnvironment.Open(_sandbox.Layout, _archive.Path, Writers.Here(), _clock, _ => { }, prefix);

    /// <summary>Commits a few changes made at a prefix.</summary>
    private void Change(Random random, string prefix)
    {
        using var environment = Open(prefix);
        var tree = environment.Tree;
        var bin = Find(tree, "env", "bin");
        for (var i = random.Next(3); i > 0; i--)
        {
            var script = tree.Create(bin.Node, Encoding.UTF8.GetBytes($"new-{Guid.NewGuid():N}"), new NewEntry(EntryKind.File, 0x1ED, 0, 0));
            tree.Write(script.Node, 0, Encoding.UTF8.GetBytes($"#!{prefix}/bin/python\n"), clearSetId: false);
        }

        var lib = Find(tree, "env", "lib");
        var file = tree.Create(lib.Node, Encoding.UTF8.GetBytes($"data-{Guid.NewGuid():N}"), new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        tree.Write(file.Node, 0, Encoding.UTF8.GetBytes(prefix), clearSetId: false);
        if (random.Next(2) == 0 && EntryCollector.SortedOf(tree, bin.Node) is { Count: > 3 } programs)
        {
            var gone = programs[random.Next(programs.Count)];
            if (gone.Kind == EntryKind.File && !gone.Name.AsSpan().SequenceEqual("python"u8))
            {
                tree.Unlink(bin.Node, gone.Name);
            }
        }

        Assert.NotNull(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
    }

    private static void WalkAll(IReadableTree tree)
    {
        var pending = new Stack<NodeId>([NodeId.Root]);
        var content = new byte[1 << 16];
        while (pending.TryPop(out var directory))
        {
            foreach (var entry in EntryCollector.Of(tree, directory))
            {
                var attributes = tree.GetAttributes(entry.Node);
                Assert.Equal(entry.Kind, attributes.Kind);
                if (entry.Kind == EntryKind.Directory)
                {
                    pending.Push(entry.Node);
                }
                else if (entry.Kind == EntryKind.Symlink)
                {
                    Assert.Equal(attributes.Size, tree.ReadLink(entry.Node, content));
                }
                else if (attributes.Size <= content.Length)
                {
                    Assert.Equal(attributes.Size, tree.Read(entry.Node, 0, content));
                }
            }
        }
    }

    private void Pack(Random random, ICodec codec, bool hasTable = true)
    {
        using var source = Environment(random);
        Write(source, codec, hasTable ? PrefixDiscovery.TableOf(source, "", "env") : null);
    }

    private void Write(MemoryTree source, ICodec codec, PrefixTableMaker? table) => Write(source, _archive.Path, codec, table);

    internal static void Write(MemoryTree source, string path, ICodec codec, PrefixTableMaker? table) => SquashFsWriter.Write(
        source, path, new PackOptions { Threads = 1, ArcRoot = "env", Compressor = codec, PrefixTable = table });

    /// <summary>An environment with some of everything that contains a prefix.</summary>
    internal static MemoryTree Environment(Random random)
    {
        const string prefix = SampleEnvironment.Prefix;
        var placeholder = SampleEnvironment.Placeholder;
        var sample = new SampleEnvironment().Own("bin/python", "\u007fELF").Own("bin/first", $"#!{prefix}/bin/python\n");
        for (var i = random.Next(10, 40); i > 0; i--)
        {
            var package = $"package{random.Next(3)}";
            _ = random.Next(11) switch
            {
                0 => sample.Managed(package, $"lib/t{i}.cfg", $"root = {placeholder}/lib:{placeholder}\n", "text"),
                1 => sample.Managed(package, $"lib/b{i}.so", $"\u007fELF\0{placeholder}/lib:{placeholder}\0tail\0", "binary"),
                2 => sample.Managed(package, $"lib/left{i}.cfg", $"{placeholder}\n", "text", installed: false)
                    .Own($"lib/left{i}.cfg", $"{placeholder}\n"),
                3 => sample.Managed(package, $"lib/plain{i}", "plain"),
                4 => sample.Noarch($"noarch{random.Next(2)}", $"site-packages/n{i}.py", $"# {placeholder}\n", "text"),
                5 => sample.Own($"bin/script{i}", $"#!{prefix}/bin/python -E\n# {prefix}\n"),
                6 => sample.Own($"share/jupyter/kernels/k{i}/kernel.json", $$"""{"argv": ["{{prefix}}/bin/python"]}"""),
                7 => sample.Own($"lib/p{i}.pth", $"{prefix}/src\n"),
                8 => sample.Link($"lib/link{i}", $"{prefix}/lib"),
                9 => sample.Own($"etc/e{i}", $"export A={prefix}/a B={prefix}2\n"),
                _ => sample.Own($"lib/m{i}/direct_url.json", $$"""{"url": "file://{{prefix}}/src"}"""),
            };
        }

        if (random.Next(4) == 0)
        {
            sample.Own("conda-meta/condafuse-prefix", $"{prefix}\n");
        }

        return sample.Build(record =>
        {
            foreach (var path in (List<Dictionary<string, object>>)((Dictionary<string, object>)record["paths_data"])["paths"])
            {
                path["sha256_in_prefix"] = Sha256.Of(Encoding.UTF8.GetBytes((string)path["_path"]));
            }
        });
    }
}

/// <summary>Damages a prefix table so that its checksum still fits.</summary>
internal static class Forgery
{
    private const int Body = 12;

    public static byte[] Of(byte[] sound, Random random)
    {
        var forged = sound.ToArray();
        for (var hits = random.Next(1, 6); hits > 0; hits--)
        {
            var at = random.Next(Body, forged.Length);
            forged[at] = random.Next(4) switch
            {
                0 => 0,
                1 => 0x7F,
                2 => (byte)(forged[at] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(forged.AsSpan(sizeof(ulong)), Platform.Crc32C.Of(forged.AsSpan(Body)));
        return forged;
    }
}

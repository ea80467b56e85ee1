using System.Text;
using System.Text.Json.Nodes;
using CondaFuse.Changes.Comparing;
using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Packing;
using CondaFuse.Packing.Tests;
using CondaFuse.Relocation;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests;

/// <summary>The prefix table that a commit derives from the earlier one is what a search of everything finds.</summary>
public sealed class PrefixUpdateTests : IDisposable
{
    private const string Prefix = SampleEnvironment.Prefix;
    private const int Rounds = 25;

    private static readonly EnvironmentName Name = EnvironmentName.Parse("env");

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();
    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData(11, ArchiveFormat.SquashFs)]
    [InlineData(12, ArchiveFormat.SquashFs)]
    [InlineData(13, ArchiveFormat.SquashFs)]
    [InlineData(122, ArchiveFormat.SquashFs)]
    [InlineData(294, ArchiveFormat.SquashFs)]
    [InlineData(14, ArchiveFormat.Zip)]
    public void It_is_after_any_changes(int seed, ArchiveFormat format)
    {
        var (random, path) = (new Random(seed), _sandbox.Layout.ArchivePath(Name, format));
        using (var source = StoredPrefixesTests.Environment(random))
        {
            var options = new PackOptions { Threads = 1, ArcRoot = "env", PrefixTable = PrefixDiscovery.TableOf(source, "", "env") };
            ImageWriter.Write(source, path, format == ArchiveFormat.Zip, options);
        }

        var (updated, changes) = (0, new RandomChanges(random));
        for (var round = 0; round < Rounds; round++)
        {
            using var environment = ServedEnvironment.Open(_sandbox.Layout, path, Writers.Here(), _clock, _ => { }, Prefix);
            var done = new List<string>();
            for (var count = random.Next(1, 5); count > 0; count--)
            {
                done.Add(changes.Make(environment.Tree));
            }

            PrefixTable? before;
            using (var image = ImageTree.Open(path))
            {
                before = StoredPrefixes.Read(image, "env");
            }

            Assert.NotNull(before);
            var expected = PrefixTableFormat.Format(PrefixDiscovery.Find(environment.Tree, "env"));
            var inPlace = PrefixTables.ChangedInPlace(
                TreeComparison.Compare(environment.Tree.Base, environment.Tree, environment.Tree.ChangedInodes));
            foreach (var changed in new[] { null, inPlace })
            {
                if (PrefixDiscovery.Update(environment.Tree, "env", before, changed) is { } after)
                {
                    updated++;
                    Assert.True(expected.AsSpan().SequenceEqual(PrefixTableFormat.Format(after)), string.Join("; ", done));
                }
            }

            environment.CommitLast(new CommitRequest(1), CancellationToken.None);
            using var now = ImageTree.Open(path);
            Assert.Equal(expected, StoredPrefixes.Read(now, "env") is { } stored ? PrefixTableFormat.Format(stored) : []);
            Assert.Empty(Verifier.Verify(path, 1).Findings);
        }

        Assert.InRange(updated, Rounds, 2 * Rounds);
    }

    [Fact]
    public void A_large_environment_has_a_table_after_any_commit()
    {
        var path = _sandbox.Layout.ArchivePath(Name, ArchiveFormat.SquashFs);
        var sample = new SampleEnvironment().Own("bin/python", "\u007fELF").Own("bin/first", $"#!{Prefix}/bin/python\n");
        for (var number = 0; number < 50_001; number++)
        {
            sample.Own($"share/{number % 100}/{number}", "");
        }

        using (var source = sample.Build())
        {
            StoredPrefixesTests.Write(source, path, Codecs.Zstd, PrefixDiscovery.TableOf(source, "", "env"));
        }

        using (var environment = ServedEnvironment.Open(_sandbox.Layout, path, Writers.Here(), _clock, _ => { }, Prefix))
        {
            RandomChanges.Write(environment.Tree, "env/bin/second", $"#!{Prefix}/bin/python\n");
            environment.CommitLast(new CommitRequest(1), CancellationToken.None);
        }

        using var now = ImageTree.Open(path);
        Assert.Equal(["bin/first", "bin/second"], StoredPrefixes.Read(now, "env")?.Entries.Select(entry => entry.Path));
    }
}

/// <summary>Changes an environment as installers and people do.</summary>
internal sealed class RandomChanges(Random random)
{
    private const string Prefix = SampleEnvironment.Prefix;

    private static readonly string[] Folders = ["bin", "etc", "lib", "lib/new", "share", SampleEnvironment.SitePackages];

    private int _number;

    /// <summary>Makes a change, and says which.</summary>
    public string Make(IWritableTree tree)
    {
        var paths = Paths(tree, "env");
        var files = paths.Where(path => At(tree, path).Kind == EntryKind.File && !path.Contains("conda-meta/", StringComparison.Ordinal)).ToList();
        var file = files[random.Next(files.Count)];
        var records = paths.Where(path => path.EndsWith(".json", StringComparison.Ordinal) && path.Contains("conda-meta/", StringComparison.Ordinal));
        switch (random.Next(13))
        {
            case 0:
                Write(tree, file, Content());
                return $"write {file}";
            case 1:
                Remove(tree, file);
                return $"remove {file}";
            case 2:
                var content = random.Next(2) == 0 ? Read(tree, file) : Content();
                Remove(tree, file);
                Write(tree, file, content);
                return $"replace {file}";
            case 3:
                var name = Fresh(tree);
                Rename(tree, file, name);
                return $"rename {file} to {name}";
            case 4:
                var folders = paths.Where(path => At(tree, path).Kind == EntryKind.Directory && path.Count(unit => unit == '/') > 1).ToList();
                if (folders.Count == 0)
                {
                    goto case 0;
                }

                var folder = folders[random.Next(folders.Count)];
                Rename(tree, folder, $"env/lib/moved{++_number}");
                return $"rename {folder} to moved{_number}";
            case 5:
                var link = Fresh(tree);
                var (parent, last) = Parent(tree, link);
                tree.Link(At(tree, file).Node, parent, last);
                return $"link {file} as {link}";
            case 6:
                var symlink = Fresh(tree);
                (parent, last) = Parent(tree, symlink);
                tree.CreateSymlink(parent, last, Bytes(random.Next(2) == 0 ? $"{Prefix}/lib" : "lib"), new NewEntry(EntryKind.Symlink, 0x1FF, 0, 0));
                return $"symlink {symlink}";
            case 7 or 8:
                var added = Fresh(tree);
                Write(tree, added, Content());
                return $"add {added}";
            case 9:
                var record = records.OrderBy(_ => random.Next()).FirstOrDefault() ?? $"env/conda-meta/p{++_number}.json";
                Record(tree, record, files);
                return $"record {record}";
            case 10 when records.Any():
                Remove(tree, records.First());
                return "remove a record";
            case 11 when files.Find(path => path.EndsWith(".py", StringComparison.Ordinal)) is { } source:
                var module = Path.GetFileNameWithoutExtension(source);
                var compiled = $"{Path.GetDirectoryName(source)}/__pycache__/{module}.cpython-311.pyc";
                Write(tree, compiled, $"\u0001\u0001\r\n{new string('\0', 12)}{Prefix}/lib");
                return $"compile {source}";
            default:
                tree.SetAttributes(At(tree, file).Node, new AttributeChanges { Permissions = 0x1ED });
                return $"chmod {file}";
        }
    }

    private string Fresh(IWritableTree tree)
    {
        string name;
        do
        {
            name = Named();
        }
        while (TryAt(tree, name) is not null); // a directory may have been renamed, with what is in it
        return name;
    }

    private string Named() => (random.Next(5), $"env/{Folders[random.Next(Folders.Length)]}/", ++_number) switch
    {
        (0, var folder, var number) => $"{folder}a{number}.pth",
        (1, var folder, var number) => $"{folder}a{number}.py",
        (_, var folder, var number) => $"{folder}{(char)random.Next('a', 'z')}{number}",
    };

    private string Content() => random.Next(4) switch
    {
        0 => "nothing\n",
        1 => $"#!{Prefix}/bin/python\n",
        2 => $"{SampleEnvironment.Placeholder}/lib\n",
        _ => $"path {Prefix}/lib:{Prefix}\n",
    };

    /// <summary>Adds or removes some paths of a record, in place or as a new file.</summary>
    private void Record(IWritableTree tree, string path, List<string> files)
    {
        var exists = TryAt(tree, path) is not null;
        var record = exists ? JsonNode.Parse(Read(tree, path))!.AsObject() : new JsonObject
        {
            ["name"] = Path.GetFileNameWithoutExtension(path), ["version"] = "1", ["paths_data"] = new JsonObject { ["paths"] = new JsonArray() },
        };
        var listed = record["paths_data"]!["paths"]!.AsArray();
        if (listed.Count > 0 && random.Next(2) == 0)
        {
            listed.RemoveAt(random.Next(listed.Count));
        }
        else
        {
            var entry = new JsonObject { ["_path"] = files[random.Next(files.Count)]["env/".Length..], ["sha256_in_prefix"] = new string('a', 64) };
            if (random.Next(3) > 0)
            {
                (entry["prefix_placeholder"], entry["file_mode"]) = (SampleEnvironment.Placeholder, random.Next(2) == 0 ? "text" : "binary");
            }

            listed.Add(entry);
        }

        if (exists && random.Next(2) == 0)
        {
            Remove(tree, path);
        }

        Write(tree, path, record.ToJsonString());
    }

    private static List<string> Paths(IWritableTree tree, string path) =>
    [
        .. EntryCollector.SortedOf(tree, At(tree, path).Node).Select(entry => (Path: $"{path}/{Encoding.UTF8.GetString(entry.Name)}", entry.Kind))
            .SelectMany(entry => entry.Kind == EntryKind.Directory ? [entry.Path, .. Paths(tree, entry.Path)] : new[] { entry.Path }),
    ];

    public static void Write(IWritableTree tree, string path, string content)
    {
        var (folder, name) = Parent(tree, path);
        var node = TryAt(tree, path)?.Node ?? tree.Create(folder, name, new NewEntry(EntryKind.File, 0x1A4, 0, 0)).Node;
        tree.SetAttributes(node, new AttributeChanges { Size = 0 });
        tree.Write(node, 0, Bytes(content), clearSetId: false);
    }

    private static void Remove(IWritableTree tree, string path)
    {
        var (folder, name) = Parent(tree, path);
        tree.Unlink(folder, name);
    }

    private static void Rename(IWritableTree tree, string from, string to)
    {
        var (folder, name) = Parent(tree, to);
        var (oldFolder, oldName) = Parent(tree, from);
        tree.Rename(oldFolder, oldName, folder, name, RenameMode.Replace);
    }

    /// <summary>The directory of a path, which is made if it does not exist, and the last name.</summary>
    private static (NodeId Folder, byte[] Name) Parent(IWritableTree tree, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (TryAt(tree, folder) is { } found)
        {
            return (found.Node, Bytes(Path.GetFileName(path)));
        }

        var (above, name) = Parent(tree, folder);
        return (tree.Create(above, name, new NewEntry(EntryKind.Directory, 0x1ED, 0, 0)).Node, Bytes(Path.GetFileName(path)));
    }

    private static string Read(IWritableTree tree, string path)
    {
        var file = At(tree, path);
        var content = new byte[file.Size];
        Assert.Equal(content.Length, tree.Read(file.Node, 0, content));
        return Encoding.UTF8.GetString(content);
    }

    private static Attributes At(IReadableTree tree, string path) => TryAt(tree, path)!.Value;

    private static Attributes? TryAt(IReadableTree tree, string path)
    {
        var at = tree.GetAttributes(NodeId.Root);
        foreach (var name in path.Split('/'))
        {
            if (!tree.TryLookup(at.Node, Bytes(name), out at))
            {
                return null;
            }
        }

        return at;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

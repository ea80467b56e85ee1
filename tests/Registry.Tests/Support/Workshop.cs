using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Tests;
using CondaFuse.Platform;
using CondaFuse.Registry.Distribution;
using CondaFuse.Registry.Layout;
using CondaFuse.Registry.Transfer;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Registry.Tests;

/// <summary>A folder with archives, and transfers between them and a registry.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("condafuse-registry-").FullName;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    /// <summary>The list of first uses of all archives.</summary>
    public static UsedRange FirstUse { get; } = new("env/data"u8.ToArray(), 4096, 8192);

    public string Home => _root;

    /// <summary>Short times: a test that waits for one of them is a test of it.</summary>
    public RegistrySettings Settings => new()
    {
        Home = _root,
        Variable = _variables.GetValueOrDefault,
        SearchPath = [Path.Combine(_root, "bin"), "/usr/bin", "/bin"],
        Environment = ["PATH=/usr/bin:/bin"],
        Clock = TimeProvider.System,
        RetryPolicy = new RetryPolicy { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(20) },
    };

    public string this[string name] => Path.Combine(_root, name);

    public void Set(string variable, string value) => _variables[variable] = value;

    public string Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>An archive with incompressible content: <c>env/data</c>, and <c>more</c> with other bytes.</summary>
    public string Make(string name, int bytes = 300_000, int seed = 1, IReadOnlyList<UsedRange>? firstUses = null, int more = 0)
    {
        using var tree = new MemoryTree();
        tree.AddDirectory("/env");
        tree.AddFile("/env/data", Noise(bytes, seed));
        tree.AddFile("/more", Noise(more, seed + 1));
        SquashFsWriter.Write(tree, this[name], new PackOptions
        {
            Threads = 2, Compressor = Codecs.Find("zstd")!, Level = 1, BlockSize = 131072, FirstUses = firstUses ?? [FirstUse],
        });
        return this[name];
    }

    /// <summary>Adds a generation with a new file <c>fileNUMBER</c>, and without some others.</summary>
    public static void Commit(string image, int number, int bytes = 20_000, params IReadOnlyList<string> without)
    {
        using var model = new ModelTree(SquashFsTree.Open(image));
        var file = model.New(EntryKind.File, new Timestamp(1_700_000_000 + number));
        file.Write(0, Noise(bytes, 1000 + number));
        ModelTree.Link(model.Root, $"file{number}", file);
        foreach (var name in without)
        {
            model.Unlink(model.Root, name);
        }

        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        SquashFsCommit.Append(
            folder, Path.GetFileName(image), model,
            new CommitOptions { Threads = 1, Time = new Timestamp(1_700_000_000 + number, 7), Message = $"commit {number}" });
    }

    /// <summary>Removes all but the newest generations, so that most of the image moves.</summary>
    public static void Compact(string image, int keep)
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        Assert.NotNull(SquashFsCompaction.KeepNewest(folder, Path.GetFileName(image), new CompactionOptions { Threads = 1, Keep = keep }));
    }

    public PushOutcome Push(RegistryReference reference, string image, bool force = false, RegistrySettings? settings = null)
    {
        using var file = Open(image);
        return new EnvironmentPush(settings ?? Settings, reference) { Force = force, Prefix = "/home/ada/envs/env" }
            .RunAsync(file, image, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Pulls into a new file.</summary>
    public long Pull(RegistryReference reference, string target, string? known = null, RegistrySettings? settings = null)
    {
        using var pull = EnvironmentPull.OpenAsync(settings ?? Settings, reference, CancellationToken.None).GetAwaiter().GetResult();
        using var replacement = ReplacementFile.At(this[target]);
        using var old = known is null ? null : Open(known);
        pull.WriteAsync(replacement.File, this[target], old is null ? [] : [old], CancellationToken.None).GetAwaiter().GetResult();
        replacement.PublishNew();
        return pull.FetchedBytes;
    }

    /// <summary>What a reference names.</summary>
    public RemoteEnvironment Look(RegistryReference reference) =>
        RemoteEnvironment.ReadAsync(Settings, reference, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Its index.</summary>
    public EnvironmentIndex Index(RegistryReference reference)
    {
        using var client = RegistryClient.OpenAsync(Settings, reference, CancellationToken.None).GetAwaiter().GetResult();
        return Look(reference).ReadIndexAsync(client, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>The list of first uses that the repository has for it.</summary>
    public IReadOnlyList<UsedRange> FirstUses(RegistryReference reference)
    {
        using var client = RegistryClient.OpenAsync(Settings, reference, CancellationToken.None).GetAwaiter().GetResult();
        return Look(reference).ReadFirstUsesAsync(client, CancellationToken.None).GetAwaiter().GetResult();
    }

    public IReadOnlyList<string> Tags(RegistryReference repository) =>
        RemoteEnvironment.TagsAsync(Settings, repository, CancellationToken.None).GetAwaiter().GetResult();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static IStorageFile Open(string image)
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        return folder.Open(Path.GetFileName(image), StorageAccess.Read);
    }

    private static byte[] Noise(int bytes, int seed)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }
}

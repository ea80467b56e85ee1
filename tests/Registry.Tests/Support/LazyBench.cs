using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Registry.Fetching;

namespace CondaFuse.Registry.Tests;

/// <summary>An image in a fake registry, a fetcher in a thread, and a cache.</summary>
internal sealed class LazyBench : IDisposable
{
    private readonly PrivateFolder _runtime;
    private readonly Thread _thread;
    private readonly Fetcher _fetcher;
    private readonly List<RemoteFile> _opened = [];

    public LazyBench(int bytes = 1_000_000, TimeSpan? timeout = null)
    {
        Timeout = timeout ?? TimeSpan.FromSeconds(60);
        Image = Workshop.Make("env.squashfs", bytes);
        Workshop.Push(Registry.Reference, Image);
        Registry.Calls.Clear();
        _runtime = PrivateFolder.OpenOrMake(Workshop["run"]);
        _fetcher = new Fetcher(_runtime, TimeProvider.System, Workshop.Settings.RetryPolicy);
        _thread = new Thread(_fetcher.Run);
        _thread.Start();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Workshop["run/fetch.socket"]), TimeSpan.FromSeconds(60)));
    }

    public FakeRegistry Registry { get; } = new();

    public Workshop Workshop { get; } = new();

    public TimeSpan Timeout { get; }

    /// <summary>The path of the archive that was pushed.</summary>
    public string Image { get; }

    public string CacheFolder { get; set; } = "cache";

    public string? LowerFolder { get; set; }

    public long CacheBytes { get; set; } = 1 << 30;

    public FetcherClient Client => new(Workshop["run"]) { MayStart = false };

    /// <summary>Requests for parts of blobs, as positions in them.</summary>
    public IReadOnlyList<(string Path, long Start, long End)> Ranges() =>
        [.. Registry.Calls.Where(call => call.Header("Range") is not null).Select(call =>
        {
            var ends = call.Header("Range")!["bytes=".Length..].Split('-').Select(long.Parse).ToList();
            return (call.Path, ends[0], ends[1] + 1);
        })];

    /// <summary>What the 'mount' command does first.</summary>
    /// <returns>The path of the description.</returns>
    public string Describe(string? reference = null) => Client.Ask(
        new MountRequest(
            reference ?? Registry.Reference.ToString(), Workshop[CacheFolder], LowerFolder is null ? null : Workshop[LowerFolder], Timeout,
            new MountSettings { Home = Workshop.Home, SearchPath = "/usr/bin:/bin", CacheBytes = CacheBytes, Variables = [] }).ToTexts(),
        Timeout * 2).Texts[0];

    public RemoteFile Open(string? description = null)
    {
        var file = RemoteFile.Open(description ?? Describe(), Client);
        _opened.Add(file);
        return file;
    }

    /// <summary>The whole image, read in blocks.</summary>
    public static byte[] ReadAll(RemoteFile file, int block = 40_000)
    {
        var content = new byte[file.Length];
        for (var at = 0; at < content.Length; at += block)
        {
            var part = content.AsSpan(at, Math.Min(block, content.Length - at));
            Assert.Equal(part.Length, file.ReadAt(at, part));
        }

        return content;
    }

    /// <summary>The files with data in the cache, without maps.</summary>
    public IReadOnlyList<string> DataFiles() =>
        [.. Directory.EnumerateFiles(Workshop[$"{CacheFolder}/blobs"]).Where(path => !path.EndsWith(".map", StringComparison.Ordinal))];

    public void Dispose()
    {
        _fetcher.Stop();
        _thread.Join();
        _opened.ForEach(file => file.Dispose());
        _fetcher.Dispose();
        _runtime.Dispose();
        Registry.Dispose();
        Workshop.Dispose();
    }
}

using System.Globalization;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;

namespace CondaFuse.Registry.Fetching;

/// <summary>Puts leaves into the cache: those that are needed now at once, together with their neighbours, those for later a few at a time.</summary>
/// <param name="clients">The connections.</param>
/// <param name="clock">Measures the time.</param>
/// <param name="policy">How long to wait, and how often to try.</param>
/// <param name="limit">Keeps caches small enough.</param>
internal sealed class LeafFetcher(RegistryClients clients, TimeProvider clock, RetryPolicy policy, CacheLimit limit) : IDisposable
{
    /// <summary>A request for a leaf gets its neighbours too: 256 KiB cost little more than 64.</summary>
    private const long MinLeaves = (256 << 10) / RemoteImage.LeafBytes;

    /// <summary>The most that is fetched behind what a sequential reader asked for.</summary>
    private const long MaxLeaves = (2 << 20) / RemoteImage.LeafBytes;

    private const int AheadRequests = 4;

    /// <summary>A download ends at its own limit; this is for those who wait for one that began later, or goes on for others.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly LeafFlights _flights = new();
    private readonly SemaphoreSlim _ahead = new(AheadRequests);
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Cache, string Blob), (long End, long Window)> _readers = [];

    /// <summary>Ensures that leaves are in the cache.</summary>
    /// <returns>The content of those that could not be written to it.</returns>
    /// <exception cref="RegistryException">They could not be fetched, or not in time.</exception>
    public async Task<IReadOnlyList<(long Leaf, byte[] Content)>> EnsureAsync(FetchedImage image, int part, long first, long count, bool isAhead)
    {
        var index = image.Image.Index;
        if (part != index)
        {
            for (var leaf = first; leaf < first + count; leaf++)
            {
                if (image.Cached.MissingPage(part, leaf) is { } page)
                {
                    foreach (var (_, digests) in await EnsureAsync(image, index, page, 1, isAhead: false))
                    {
                        image.Cached.Keep(page, digests);
                    }
                }
            }
        }

        if (!isAhead)
        {
            return await ReachAsync(image, part, first, count, WindowOf(image, part, first, count));
        }

        await _ahead.WaitAsync();
        try
        {
            return await ReachAsync(image, part, first, count, (first, first + count));
        }
        finally
        {
            _ahead.Release();
        }
    }

    public void Dispose() => _ahead.Dispose();

    /// <summary>Fetches a window of leaves, and waits for those that were asked for.</summary>
    private async Task<IReadOnlyList<(long Leaf, byte[] Content)>> ReachAsync(
        FetchedImage image, int part, long first, long count, (long First, long End) window)
    {
        var blob = (image.CachePath, image.Image.Parts[part].Digest);
        var (mine, all) = _flights.Claim(blob, window.First, window.End - window.First);
        _ = Task.Run(() => FetchAsync(image, part, blob, mine));
        var left = new List<(long, byte[])>();
        try
        {
            for (var leaf = first; leaf < first + count; leaf++)
            {
                if (await all[(int)(leaf - window.First)].WaitAsync(image.Image.Timeout + Grace, clock) is { } content)
                {
                    left.Add((leaf, content));
                }
            }
        }
        catch (TimeoutException late)
        {
            throw new RegistryException(
                RegistryFault.Unreachable,
                string.Create(CultureInfo.InvariantCulture, $"nothing came for {image.Image.Timeout.TotalSeconds:0} seconds"), late);
        }

        return left;
    }

    /// <summary>The leaves to fetch for a reader: it gets more at a time while it reads on in order.</summary>
    private (long First, long End) WindowOf(FetchedImage image, int part, long first, long count)
    {
        var blob = image.Image.Parts[part];
        lock (_gate)
        {
            var key = (image.CachePath, blob.Digest);
            var (before, window) = _readers.GetValueOrDefault(key, (-1, MinLeaves));
            window = first == before ? Math.Min(2 * window, MaxLeaves) : MinLeaves;
            var start = first == before ? first : first / MinLeaves * MinLeaves;
            var end = Math.Min(blob.Leaves, Math.Max(first + count, start + window));
            _readers[key] = (end, window);
            return (start, end);
        }
    }

    private async Task FetchAsync(FetchedImage image, int part, (string Cache, string Digest) blob, List<long> mine)
    {
        var buffer = new byte[RemoteImage.LeafBytes];
        List<long> missing = [];
        image.Refresh(part);
        foreach (var leaf in mine)
        {
            if (image.Cached.TryRead(part, leaf, buffer.AsSpan(0, image.Image.Parts[part].LengthOf(leaf))))
            {
                _flights.Land(blob, leaf, content: null);
            }
            else
            {
                missing.Add(leaf);
            }
        }

        var runs = new List<(long First, long End)>();
        foreach (var leaf in missing)
        {
            if (runs.Count > 0 && runs[^1].End == leaf)
            {
                runs[^1] = (runs[^1].First, leaf + 1);
            }
            else
            {
                runs.Add((leaf, leaf + 1));
            }
        }

        await Task.WhenAll(runs.Select(run => DownloadAsync(image, part, blob, run.First, run.End)));
    }

    private async Task DownloadAsync(FetchedImage image, int part, (string Cache, string Digest) blob, long first, long end)
    {
        var whole = new List<long>();
        LeafDownload? download = null;
        try
        {
            using var late = new CancellationTokenSource(image.Image.Timeout, clock);
            var settings = image.Settings.ForRequests(clock, policy);
            var client = await clients.OpenAsync(image.Reference, image.Image.Settings, settings, late.Token);
            download = new LeafDownload(client, policy, image, part, end)
            {
                Arrived = (leaf, content) => _flights.Land(blob, leaf, Store(image, part, leaf, content)),
                WholeBlob = () =>
                {
                    late.CancelAfter(Timeout.InfiniteTimeSpan); // each read has its own limit
                    whole.AddRange(_flights.Claim(blob, 0, image.Image.Parts[part].Leaves).Mine);
                },
            };
            await download.RunAsync(first, late.Token);
        }
#pragma warning disable CA1031 // given to those who wait
        catch (Exception failure)
#pragma warning restore CA1031
        {
            var cause = Explained(image, failure);
            if (cause.Fault is RegistryFault.Unreachable or RegistryFault.Denied)
            {
                clients.Forget(image.Reference, image.Image.Settings);
            }

            for (var leaf = first; leaf < end; leaf++)
            {
                _flights.Fail(blob, leaf, cause);
            }

            whole.ForEach(leaf => _flights.Fail(blob, leaf, cause));
        }
    }

    private static RegistryException Explained(FetchedImage image, Exception failure) => failure switch
    {
        RegistryException known => known,
        OperationCanceledException => new RegistryException(
            RegistryFault.Unreachable,
            string.Create(CultureInfo.InvariantCulture, $"{image.Reference.Registry} did not send it within {image.Image.Timeout.TotalSeconds:0} s"),
            failure),
        _ => new RegistryException(RegistryFault.Unreachable, failure.Message, failure),
    };

    /// <summary>Writes a leaf to the cache.</summary>
    /// <returns>Its content if that failed: those who wait use it uncached.</returns>
    private byte[]? Store(FetchedImage image, int part, long leaf, ReadOnlyMemory<byte> content)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                image.Write(part, leaf, content.Span);
                limit.Written(image, content.Length);
                return null;
            }
            catch (PlatformException full) when (full.Errno is Errno.ENOSPC or Errno.EDQUOT && attempt == 0 && CacheLimit.TryMakeSpace(image))
            {
                // once more
            }
            catch (IOException)
            {
                return content.ToArray();
            }
        }
    }
}

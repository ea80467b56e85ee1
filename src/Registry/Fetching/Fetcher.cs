using System.Globalization;
using System.Text;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Registry.Fetching;

/// <summary>
/// The only process of a user on a node that speaks to registries for mounts (docs/decisions/0025): answers requests on a socket in the runtime
/// folder until nobody has sent one for a while.
/// </summary>
public sealed class Fetcher : IDisposable
{
    private const string LockName = "fetch.lock";
    private const int MaxSettings = 64 << 10;
    private const int StackBytes = 512 << 10;
    private const long LongestTables = 4 << 20;
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly PrivateFolder _runtime;
    private readonly TimeProvider _clock;
    private readonly RetryPolicy _policy;
    private readonly RegistryClients _clients = new();
    private readonly CacheLimit _limit = new();
    private readonly LeafFetcher _leaves;
    private readonly Dictionary<string, (FileIdentity? File, FetchedImage Image)> _images = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private SafeFileHandle? _listener;
    private bool _isStopped;
    private int _active;
    private long _last;

    /// <param name="runtime">The user's runtime folder.</param>
    /// <param name="clock">The clock.</param>
    public Fetcher(PrivateFolder runtime, TimeProvider clock)
        : this(runtime, clock, new RetryPolicy { Connecting = TimeSpan.FromSeconds(10), Answering = TimeSpan.FromSeconds(20), Attempts = 4 })
    {
    }

    internal Fetcher(PrivateFolder runtime, TimeProvider clock, RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(clock);
        (_runtime, _clock, _policy, _last) = (runtime, clock, policy, clock.GetTimestamp());
        _leaves = new LeafFetcher(_clients, clock, policy, _limit);
    }

    /// <summary>Receives a line for each failure that no process was told.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Serves until nobody has asked for a while, or <see cref="Stop"/>. Returns at once if another fetcher serves.</summary>
    public void Run()
    {
        using var single = FileLock.Take(_runtime, LockName, wait: false);
        if (single is null)
        {
            return;
        }

        _runtime.Remove(FetcherClient.SocketName);
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _listener = _runtime.Listen(FetcherClient.SocketName);
        }

        using var listener = _listener;
        using var timer = _clock.CreateTimer(_ => StopIfIdle(), state: null, Idle / 4, Idle / 4);
        while (LocalSocket.Accept(listener) is { } connection)
        {
            Interlocked.Increment(ref _active);
            new Thread(() => Serve(connection), StackBytes) { IsBackground = true, Name = "request" }.Start();
        }

        lock (_gate)
        {
            _listener = null;
        }

        _runtime.Remove(FetcherClient.SocketName);
        _runtime.RemoveEmpty(FetcherClient.LogName);
    }

    /// <summary>Makes <see cref="Run"/> return, also if it has not begun to listen.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            if (_listener is not null)
            {
                LocalSocket.StopListening(_listener);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, image) in _images.Values)
        {
            image.Dispose();
        }

        _leaves.Dispose();
        _clients.Dispose();
    }

    private void StopIfIdle()
    {
        if (Volatile.Read(ref _active) == 0 && _clock.GetElapsedTime(Volatile.Read(ref _last)) > Idle)
        {
            Stop();
        }
    }

    private void Serve(SafeFileHandle connection)
    {
        using (connection)
        {
            try
            {
                LocalSocket.LimitWaiting(connection, RequestTimeout);
                if (LocalSocket.PeerUser(connection) == Identity.UserId && FetchMessage.Read(connection) is { } request)
                {
                    Answer(connection, request);
                }
            }
            catch (IOException)
            {
                // it does not wait any more
            }
            finally
            {
                Volatile.Write(ref _last, _clock.GetTimestamp());
                Interlocked.Decrement(ref _active);
            }
        }
    }

    private void Answer(SafeFileHandle connection, string[] request)
    {
        try
        {
            switch (request)
            {
                case [FetchMessage.Fetch, var description, var part, var leaf, var count, var when]:
                    var left = FetchAsync(
                        description, int.Parse(part, CultureInfo.InvariantCulture), long.Parse(leaf, CultureInfo.InvariantCulture),
                        long.Parse(count, CultureInfo.InvariantCulture), when == FetchMessage.Ahead).GetAwaiter().GetResult();
                    FetchMessage.Write(
                        connection, [FetchMessage.Done, .. left.Select(entry => entry.Leaf.ToString(CultureInfo.InvariantCulture))]);
                    foreach (var (_, content) in left)
                    {
                        FetchMessage.Write(connection, content);
                    }

                    break;
                case [FetchMessage.Resolve, ..] when MountRequest.Parse(request) is { } mount:
                    FetchMessage.Write(connection, FetchMessage.Done, ResolveAsync(mount).GetAwaiter().GetResult());
                    break;
                default:
                    FetchMessage.Write(connection, FetchMessage.Failed, "", "an unknown request", "");
                    break;
            }
        }
        catch (RegistryException gone) when (gone.Fault == RegistryFault.NotFound && request[0] == FetchMessage.Fetch)
        {
            // The log of a mount has no hints.
            FetchMessage.Write(connection, FetchMessage.Failed, gone.Fault.ToString(), $"{gone.Message}; {gone.Hint}", "");
        }
        catch (RegistryException failure)
        {
            FetchMessage.Write(connection, FetchMessage.Failed, failure.Fault.ToString(), failure.Message, failure.Hint ?? "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TreeException or FormatException)
        {
            FetchMessage.Write(connection, FetchMessage.Failed, "", failure.Message, "");
        }
    }

    private async Task<IReadOnlyList<(long Leaf, byte[] Content)>> FetchAsync(string description, int part, long leaf, long count, bool isAhead)
    {
        var image = Open(description);
        return part >= 0 && part < image.Image.Parts.Count && leaf >= 0 && count > 0 && leaf + count <= image.Image.Parts[part].Leaves
            ? await _leaves.EnsureAsync(image, part, leaf, count, isAhead)
            : throw new FormatException("a request for leaves that do not exist");
    }

    private async Task<string> ResolveAsync(MountRequest request)
    {
        using var late = new CancellationTokenSource(request.Timeout, _clock);
        var registry = request.Settings.ForRequests(_clock, _policy);
        try
        {
            _runtime.Write(request.Settings.Name, Encoding.UTF8.GetBytes(string.Join('\0', request.Settings.ToTexts())));
            var (description, tables) = await RemoteMounting.DescribeAsync(_clients, request, registry, _runtime.Path, late.Token);
            await FetchTablesAsync(description, tables);
            return description;
        }
        catch (OperationCanceledException failure)
        {
            throw new RegistryException(
                RegistryFault.Unreachable, $"{request.Reference}: no answer for {request.Timeout.TotalSeconds:0} seconds", failure);
        }
        catch (RegistryException failure) when (failure.Fault is RegistryFault.Unreachable or RegistryFault.Denied)
        {
            _clients.Forget(RegistryReference.Parse(request.Reference), request.Settings.Name);
            throw;
        }
    }

    /// <summary>The tables are needed as soon as the image is mounted.</summary>
    private async Task FetchTablesAsync(string description, long tables)
    {
        var image = Open(description);
        var length = Math.Min(image.Image.ImageBytes - tables, LongestTables);
        using var file = RemoteFile.Open(description);
        await Task.WhenAll(file.RunsOf([new StoredRange(tables, length)])
            .Select(run => _leaves.EnsureAsync(image, run.Part, run.First, run.End - run.First, isAhead: false)));
    }

    /// <summary>The image of a description. One that was mounted again, with other settings, is opened again.</summary>
    private FetchedImage Open(string description)
    {
        lock (_gate)
        {
            var file = FileIdentity.TryOf(description);
            if (_images.TryGetValue(description, out var known) && known.File == file && known.Image.Cache.IsThere)
            {
                return known.Image;
            }

            var image = RemoteDescription.Read(description);
            var texts = _runtime.TryRead(image.Settings, MaxSettings) is { } content ? Encoding.UTF8.GetString(content).Split('\0') : [];
            var settings = MountSettings.Parse(texts)
                ?? throw new RegistryException(RegistryFault.Refused, $"the settings for {image.Reference} are gone; mount it again");
            var opened = new FetchedImage(image, settings, BlobCache.PathOf(description));
            _images[description] = (file, opened); // the former one may be in use
            return opened;
        }
    }
}

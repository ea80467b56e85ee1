using CondaFuse.Images;
using CondaFuse.Lifecycle;
using CondaFuse.Platform;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;

namespace CondaFuse.Helper;

/// <summary>
/// Makes the next first use of a mount faster: prefetches what was used first before, records what else is used, and saves that. The list is
/// optional: failures here are only logged.
/// </summary>
internal sealed class FirstUseKeeping : IReadAhead
{
    private const string Variable = "CONDA_FUSE_PREFETCH";
    private const int StackBytes = 256 * 1024;

    /// <summary>
    /// Prefetching begins when a process reads, or after this time. So it does not delay a quick mount and unmount, and does not compete with the
    /// first replies.
    /// </summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    /// <summary>A killed process releases the mount within milliseconds, unless the server is stuck.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>After this many intervals without a request, recording stops.</summary>
    private const int QuietIntervals = 24;

    private readonly Session _session;
    private readonly string _mountPoint;
    private readonly string _archive;
    private readonly Guid _identity;
    private readonly Action<string> _log;
    private readonly FirstUseFile _file;
    private readonly StoredUse _stored;
    private readonly ManualResetEventSlim _ending = new();
    private readonly Lock _starting = new();
    private readonly Lock _saving = new();
    private ChildProcess? _reading;
    private int _saved;

    private FirstUseKeeping(Session session, MountPlan plan, Guid identity, Action<string> log)
    {
        (_session, _mountPoint, _archive, _identity, _log) = (session, plan.MountPoint, plan.Archive, identity, log);
        _file = new FirstUseFile(session.Layout.FirstUseFile(identity));
        _stored = new StoredUse(new FirstUseFile(session.Layout.StoredUseFile(identity)));
    }

    /// <summary>Records what is used.</summary>
    public FirstUseRecorder Recorder { get; } = new();

    /// <summary>Creates it for a mount; null if the user has disabled it.</summary>
    public static FirstUseKeeping? For(Session session, MountPlan plan, Guid identity, Action<string> log)
    {
        var setting = session.Variable(Variable) ?? "auto";
        if (setting is not ("auto" or "off"))
        {
            log($"nothing is prefetched: {Settings.Mistake(session, Variable)}");
        }

        return setting == "auto" ? new FirstUseKeeping(session, plan, identity, log) : null;
    }

    /// <summary>Starts; called when the mount is ready or about to be.</summary>
    public void Begin() => new Thread(Run, StackBytes) { IsBackground = true, Name = "first use" }.Start();

    /// <summary>The mount is gone: ends the prefetcher, and saves the records.</summary>
    public void Dispose()
    {
        lock (_starting)
        {
            _ending.Set();
        }

        Recorder.End();
        EndReadAhead();
        Save();
    }

    /// <summary>Ends the prefetcher, which keeps a file of the mount open.</summary>
    /// <returns>Whether there was one.</returns>
    public bool EndReadAhead()
    {
        lock (_starting)
        {
            return _reading is { } process && process.TryKill(EndTimeout);
        }
    }

    private void Run()
    {
        if (File.Exists(_file.Path) || Recorder.HasStoredList)
        {
            Recorder.WaitForUse(Delay);
            Attempt("prefetching", ReadAhead);
        }

        Recorder.WaitForUse(Timeout.InfiniteTimeSpan);
        var (seen, quiet) = (0, 0);
        while (quiet < QuietIntervals && !Recorder.IsOver && !_ending.Wait(Interval))
        {
            var version = Recorder.Version;
            quiet = version == seen ? quiet + 1 : 0;
            seen = version;
            if (quiet == 1)
            {
                Save();
            }
        }

        Recorder.End();
        Save();
    }

    private void ReadAhead()
    {
        ChildProcess process;
        lock (_starting)
        {
            if (_ending.IsSet)
            {
                return;
            }

            process = ReadAheadProcess.Start(Session.Program, _session.EnvironmentBlock, _session.Layout, _mountPoint, _archive, _identity);
            _reading = process;
            Recorder.Ignore(process.Id);
        }

        // Wait before it is reaped: until then its process id cannot be reused.
        process.WaitUntilEnded();
        lock (_starting)
        {
            _reading = null;
            process.Wait();
        }
    }

    /// <inheritdoc/>
    public void Save() => Attempt("keeping a list of first uses", () =>
    {
        lock (_saving)
        {
            var version = Recorder.Version;
            if (version != _saved)
            {
                _file.Add(Recorder.Snapshot());
                if (!ImageTree.HasGenerations(_archive))
                {
                    _stored.Add(Recorder.StoredReads, new FileInfo(_archive).Length);
                }

                _saved = version;
            }
        }
    });

    private void Attempt(string doing, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log($"{doing}: {failure.Message}");
        }
    }
}

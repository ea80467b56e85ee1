using CondaFuse.Lifecycle;
using CondaFuse.Platform;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;

namespace CondaFuse.Helper;

/// <summary>
/// What a server does so that the next first use is faster: has what was used first read ahead, notes what is used besides, and keeps that. A mount
/// is worth more than its list: whatever goes wrong here is a line in the log.
/// </summary>
internal sealed class FirstUseKeeping : IReadAhead
{
    private const string Variable = "CONDA_FUSE_PREFETCH";
    private const int StackBytes = 256 * 1024;

    /// <summary>
    /// Reading ahead begins when somebody reads, or after so long: whoever mounts, looks and unmounts does
    /// not wait for it, and it does not get in the way of the first answers.
    /// </summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    /// <summary>A process that was killed has let go of the mount within milliseconds, unless the server is stuck.</summary>
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

    /// <summary>Takes what is used.</summary>
    public FirstUseRecorder Recorder { get; } = new();

    /// <summary>For a mount; null where the user wants none.</summary>
    public static FirstUseKeeping? For(Session session, MountPlan plan, Guid identity, Action<string> log)
    {
        var setting = session.Variable(Variable) ?? "auto";
        if (setting is not ("auto" or "off"))
        {
            log($"nothing is prefetched: {Variable} is '{setting}'; it must be 'auto' or 'off'");
        }

        return setting == "auto" ? new FirstUseKeeping(session, plan, identity, log) : null;
    }

    /// <summary>Begins; for the mount that answers now, or will in a moment.</summary>
    public void Begin() => new Thread(Run, StackBytes) { IsBackground = true, Name = "first use" }.Start();

    /// <summary>The mount is gone: ends who reads ahead, and keeps what was noted.</summary>
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

    /// <summary>Ends the process that reads ahead, which keeps a file of the mount open.</summary>
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
        if (File.Exists(_file.Path))
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

        // Seen before it is reaped: until then nothing else can get its number.
        process.WaitUntilEnded();
        lock (_starting)
        {
            _reading = null;
            process.Wait();
        }
    }

    private void Save() => Attempt("keeping a list of first uses", () =>
    {
        lock (_saving)
        {
            var version = Recorder.Version;
            if (version != _saved)
            {
                _file.Add(Recorder.Snapshot());
                _stored.Add(Recorder.StoredReads, new FileInfo(_archive).Length);
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

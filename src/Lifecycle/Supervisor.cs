using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Lifecycle;

/// <summary>
/// Takes everything that happens to a server, one thing after the other, and does what <see cref="Life"/> says. Signals and timers only put events
/// into its queue; the thread of a request handles its own events, where nothing else is handled. Nothing can throw out of that. What takes long runs
/// on the thread that asked for it and waits anyway, or else on a separate thread, and answers with an event.
/// </summary>
public sealed class Supervisor : IControlTarget, IDisposable
{
    private const int StackBytes = 512 << 10;
    private const int MaxDetachAttempts = 3;

    /// <summary>How long the end of a server waits for fusermount.</summary>
    private static readonly TimeSpan AbandonTime = TimeSpan.FromSeconds(10);

    private readonly IServedMount _mount;
    private readonly SafeLog _log;
    private readonly Func<Exception, string> _explain;
    private readonly TimeSpan _goneUsually;
    private readonly SerialThread _events;
    private readonly List<Request> _deferred = [];
    private readonly Promise<bool> _ended = new();
    private readonly CancellationTokenSource _commitCancellation = new();
    private LifeState _state = new(Phase.Starting);
    private Request? _current;
    private CommitReport? _report;
    private string? _failure;
    private bool _committed;
    private volatile bool _keepsChanges;

    /// <summary>Begins to supervise a mount that is being started.</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="log">Receives failures that cannot be reported to anyone.</param>
    /// <param name="explain">Turns a failure into a message.</param>
    /// <param name="goneUsually">How long an unmount waits until a detached mount is gone.</param>
    /// <param name="threads">The threads that handle events; null to start a separate one.</param>
    public Supervisor(IServedMount mount, SafeLog log, Func<Exception, string> explain, TimeSpan goneUsually, ServerThreads? threads = null)
    {
        _events = threads?.Events ?? new SerialThread("supervisor");
        _mount = mount;
        _log = log;
        _explain = explain;
        _goneUsually = goneUsually;
    }

    /// <inheritdoc/>
    public MountStatus Status => _mount.Status with { KeepsChanges = _keepsChanges };

    /// <summary>Something happened. May be called from anywhere; returns at once.</summary>
    public void Post(LifeEvent happened) => _events.TryPost(() => Handle(new QueuedEvent(happened, Request: null)));

    /// <summary>The same, for a thread that has nothing else to do: where nothing else is handled, it does that itself.</summary>
    public void Report(LifeEvent happened) => Add(new QueuedEvent(happened, Request: null));

    /// <summary>Waits for the end.</summary>
    public void WaitForEnd() => _ended.Wait();

    /// <inheritdoc/>
    public void Sync() => _mount.Sync();

    /// <inheritdoc/>
    public bool EndReadAhead() => _mount.EndReadAhead();

    /// <inheritdoc/>
    public CommitReport? Commit(CommitRequest request)
    {
        var reply = Ask(new Request(LifeEvent.CommitAsked, default, request));
        return reply.Failure is null ? reply.Report : throw new StoreException(StoreFault.Server, reply.Failure);
    }

    /// <inheritdoc/>
    public UnmountReply Unmount(UnmountRequest request) =>
        Ask(
            new Request(
                LifeEvent.UnmountAsked,
                new UnmountMode(request.IsLazy, request.KeepsChanges, request.CommitsFirst),
                new CommitRequest(request.Threads)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _commitCancellation.Dispose();
    }

    private UnmountReply Ask(Request request)
    {
        if (!Add(new QueuedEvent(request.Kind, request)))
        {
            return TooLate;
        }

        return request.Wait();
    }

    private static UnmountReply TooLate => new(UnmountOutcome.NotDetached, Failure: "the mount is ending");

    /// <returns>False if it has ended.</returns>
    private bool Add(QueuedEvent happening) => _events.TryRun(() => Handle(happening));

    private void Handle(QueuedEvent happening)
    {
        var tookRequests = _state.TakesRequests;
        var (next, actions) = Life.Step(_state, happening.Kind, happening.Request?.Mode ?? default);
        _state = next;
        _keepsChanges = next is { Phase: Phase.Detached, Mode.KeepsChanges: true };
        if (happening.Request is { } request && !actions.Contains(LifeAction.Defer) && !actions.Contains(LifeAction.Refuse))
        {
            (_current, _report, _failure) = (request, null, null);
        }

        foreach (var action in actions)
        {
            try
            {
                Do(action, happening.Request);
            }
#pragma warning disable CA1031 // whatever the exception, the mount keeps working
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _log.Write($"{action}: {_explain(failure)}");
            }
        }

        if (_state.TakesRequests && !tookRequests)
        {
            var waiting = _deferred.ToList();
            _deferred.Clear();
            waiting.ForEach(request => Add(new QueuedEvent(request.Kind, request)));
        }
    }

    private void Do(LifeAction action, Request? asking)
    {
        switch (action)
        {
            case LifeAction.SayReady:
                _mount.SayReady();
                break;
            case LifeAction.Commit:
                var request = _current!.Commit;
                Begin(() => _mount.Commit(request, _commitCancellation.Token), LifeEvent.CommitDone, LifeEvent.CommitFailed);
                break;
            case LifeAction.Sync:
                Begin(Synced, LifeEvent.CommitDone, LifeEvent.CommitFailed);
                break;
            case LifeAction.CancelCommit:
                _commitCancellation.Cancel();
                break;
            case LifeAction.Detach or LifeAction.DetachLazily:
                BeginDetach(lazy: action == LifeAction.DetachLazily);
                break;
            case LifeAction.AbandonMount:
                StartThread(() => Attempt("detaching", () => _mount.Detach(lazy: true))).Join(AbandonTime); // fusermount may hang
                break;
            case LifeAction.StopServing:
                _mount.StopServing();
                break;
            case LifeAction.StartTimer:
                _events.PostLater(_goneUsually, () => Handle(new QueuedEvent(LifeEvent.GoneIsLate, Request: null)));
                break;
            case LifeAction.TailCommit:
                Begin(() => _mount.CommitTail(_commitCancellation.Token), LifeEvent.TailDone, LifeEvent.TailFailed);
                break;
            case LifeAction.TailSync:
                Begin(Synced, LifeEvent.TailDone, LifeEvent.TailFailed);
                break;
            case LifeAction.ReplyCommitted or LifeAction.ReplyFailed:
                Reply(new UnmountReply(action == LifeAction.ReplyFailed ? UnmountOutcome.NotCommitted : UnmountOutcome.Ended, _report, _failure));
                break;
            case LifeAction.ReplyBusy:
                Reply(new UnmountReply(UnmountOutcome.Busy, _report));
                break;
            case LifeAction.ReplyNotDetached:
                Reply(new UnmountReply(UnmountOutcome.NotDetached, _report, _failure));
                break;
            case LifeAction.ReplyLazy:
                Reply(new UnmountReply(UnmountOutcome.Detached, _report));
                break;
            case LifeAction.ReplyStillShown:
                Reply(new UnmountReply(UnmountOutcome.StillShown, _report));
                break;
            case LifeAction.End:
                End();
                break;
            case LifeAction.Defer:
                _deferred.Add(asking!);
                break;
            case LifeAction.Refuse:
                asking!.Answer(TooLate);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(action));
        }
    }

    private CommitReport? Synced()
    {
        _mount.Sync();
        return null;
    }

    private void Begin(Func<CommitReport?> work, LifeEvent done, LifeEvent failed) => Run(() =>
    {
        var outcome = failed;
        try
        {
            if (work() is { } report)
            {
                _committed = true;
                _report = report;
                _log.Write($"committed generation {report.Generation}: {report.GrownBytes} bytes in {report.Seconds:0.000} s");
                report.Warnings.ToList().ForEach(_log.Write);
            }

            outcome = done;
        }
#pragma warning disable CA1031 // reported to the client, and in the log
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = Explain(failure);
            _log.Write($"not committed: {_failure}");
        }

        Report(outcome);
    });

    private void BeginDetach(bool lazy) => Run(() =>
    {
        var outcome = LifeEvent.DetachFailed;
        try
        {
            // The prefetcher may be starting just now.
            DetachOutcome detached;
            var attempts = 0;
            do
            {
                _mount.EndReadAhead();
                detached = _mount.Detach(lazy);
            }
            while (detached == DetachOutcome.Busy && _mount.EndReadAhead() && ++attempts < MaxDetachAttempts);
            outcome = detached == DetachOutcome.Busy ? LifeEvent.DetachBusy : LifeEvent.DetachDone;
        }
#pragma warning disable CA1031 // reported to the client
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = Explain(failure);
        }

        Report(outcome);
    });

    private void End()
    {
        ClosingSummary closing = default;
        Attempt("closing", () => closing = _mount.Close(_committed));
        if (closing.Note is { } note)
        {
            _log.Write(note);
        }

        Reply(new UnmountReply(UnmountOutcome.Ended, _report, _failure, closing.Note, closing.KeptChanges, closing.KeptBytes));
        _deferred.ForEach(request => request.Answer(TooLate));
        _deferred.Clear();
        _ended.TrySet(true);
    }

    private void Reply(UnmountReply reply)
    {
        _current?.Answer(reply);
        _current = null;
    }

    private void Attempt(string doing, Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // the server ends in any case
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _log.Write($"{doing}: {Explain(failure)}");
        }
    }

    private string Explain(Exception failure)
    {
        try
        {
            return _explain(failure);
        }
#pragma warning disable CA1031 // a failure to describe a failure is ignored
        catch (Exception)
#pragma warning restore CA1031
        {
            return failure.Message;
        }
    }

    /// <summary>Runs long work in parallel to the events.</summary>
    private void Run(Action work)
    {
        if (_current is { } request)
        {
            request.Offer(work);
        }
        else
        {
            StartThread(work);
        }
    }

    private static Thread StartThread(Action action)
    {
        var thread = new Thread(() => action(), StackBytes) { IsBackground = true, Name = "work" };
        thread.Start();
        return thread;
    }

    private sealed record QueuedEvent(LifeEvent Kind, Request? Request);

    /// <summary>A request; its thread waits for the answer, and runs work meanwhile.</summary>
    private sealed class Request(LifeEvent kind, UnmountMode mode, CommitRequest commit)
    {
        private readonly object _gate = new(); // a monitor: a Lock has no Wait
        private Action? _work;
        private UnmountReply? _reply;

        public LifeEvent Kind { get; } = kind;

        public UnmountMode Mode { get; } = mode;

        public CommitRequest Commit { get; } = commit;

        /// <summary>Answers it, unless it is answered.</summary>
        public void Answer(UnmountReply reply)
        {
            lock (_gate)
            {
                _reply ??= reply;
                Monitor.Pulse(_gate);
            }
        }

        /// <summary>Lets the request's thread run some work.</summary>
        public void Offer(Action work)
        {
            lock (_gate)
            {
                _work = work;
                Monitor.Pulse(_gate);
            }
        }

        /// <summary>Waits for the answer.</summary>
        public UnmountReply Wait()
        {
            while (true)
            {
                Action? work;
                lock (_gate)
                {
                    while (_work is null && _reply is null)
                    {
                        Monitor.Wait(_gate);
                    }

                    (work, _work) = (_work, null);
                    if (work is null)
                    {
                        return _reply!;
                    }
                }

                work();
            }
        }
    }
}

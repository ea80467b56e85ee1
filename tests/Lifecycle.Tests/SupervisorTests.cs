using System.Collections.Concurrent;
using CondaFuse.Images;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Lifecycle.Tests;

public sealed class SupervisorTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);
    private readonly Mount _mount = new();
    private Supervisor? _supervisor;

    [Fact]
    public void An_unmount_is_one_request_and_one_reply()
    {
        _mount.OnDetach = Gone;
        var reply = Start().Unmount(Normal);
        Assert.Equal((UnmountOutcome.Ended, 7L), (reply.Outcome, reply.Report!.Generation));
        Assert.Equal(["ready", "commit", "end read-ahead", "detach", "tail", "close"], _mount.Done);
        _supervisor!.WaitForEnd();
    }

    [Fact]
    public void A_failed_commit_leaves_the_mount_and_the_choice()
    {
        _mount.CommitFailure = new IOException("No space left on device");
        var reply = Start().Unmount(Normal);
        Assert.Equal((UnmountOutcome.NotCommitted, "No space left on device"), (reply.Outcome, reply.Failure));
        Assert.DoesNotContain("detach", _mount.Done);
        _mount.OnDetach = Gone;
        reply = _supervisor!.Unmount(Normal with { KeepsChanges = true });
        Assert.Equal((UnmountOutcome.Ended, null), (reply.Outcome, reply.Failure));
        Assert.DoesNotContain("tail", _mount.Done);
    }

    [Fact]
    public void A_busy_mount_continues_and_reports_the_commit()
    {
        _mount.Outcome = DetachOutcome.Busy;
        var reply = Start().Unmount(Normal);
        Assert.Equal((UnmountOutcome.Busy, 7L), (reply.Outcome, reply.Report!.Generation));
        _mount.Report = null;
        reply = _supervisor!.Unmount(Normal);
        Assert.Equal((UnmountOutcome.Busy, null), (reply.Outcome, reply.Report));
        Assert.Null(_supervisor.Commit(new CommitRequest(1)));
    }

    [Fact]
    public void A_mount_still_shown_elsewhere_is_reported_in_limited_time()
    {
        Assert.Equal(UnmountOutcome.StillShown, Start().Unmount(Normal).Outcome);
        Gone();
        _supervisor!.WaitForEnd();
        Assert.Contains("tail", _mount.Done);
    }

    [Fact]
    public async Task A_mount_still_shown_elsewhere_commits_and_notifies_waiting_clients_of_its_end()
    {
        // Long enough for the second unmount to begin before it ends, also on a busy machine.
        Assert.Equal(UnmountOutcome.StillShown, Start(TimeSpan.FromSeconds(4)).Unmount(Normal).Outcome);
        Assert.Equal(7, _supervisor!.Commit(new CommitRequest(1))!.Generation);
        var waiting = Begin(() => _supervisor.Unmount(Normal with { KeepsChanges = true }));
        Assert.True(SpinWait.SpinUntil(() => _supervisor.Status.KeepsChanges, Long));
        Gone();
        Assert.Equal(UnmountOutcome.Ended, (await waiting.WaitAsync(Long)).Outcome);
    }

    [Fact]
    public void A_mount_unmounted_without_a_commit_commits_nothing_at_a_later_unmount()
    {
        Assert.Equal(UnmountOutcome.StillShown, Start().Unmount(Normal with { KeepsChanges = true }).Outcome);
        Assert.True(_supervisor!.Status.KeepsChanges);
        var reply = _supervisor.Unmount(Normal);
        Assert.Equal((UnmountOutcome.StillShown, null), (reply.Outcome, reply.Report));
        Gone();
        _supervisor.WaitForEnd();
        Assert.DoesNotContain("tail", _mount.Done);
        Assert.DoesNotContain("commit", _mount.Done);
    }

    [Fact]
    public void A_failed_tail_commit_is_reported()
    {
        _mount.OnDetach = Gone;
        _mount.TailFailure = new IOException("No space left on device");
        var reply = Start().Unmount(Normal);
        Assert.Equal((UnmountOutcome.Ended, "No space left on device", 7L), (reply.Outcome, reply.Failure, reply.Report!.Generation));
    }

    [Fact]
    public void A_sigterm_commits_nothing()
    {
        var supervisor = Start();
        _mount.OnStop = Gone;
        supervisor.Post(LifeEvent.Terminate);
        supervisor.WaitForEnd();
        Assert.Equal(["ready", "detach lazily", "stop", "sync", "close"], _mount.Done);
    }

    [Fact]
    public void Whatever_throws_the_server_ends_properly()
    {
        _mount.Throws = true;
        var supervisor = Start();
        Assert.NotNull(supervisor.Unmount(Normal).Failure);
        _mount.OnStop = Gone;
        supervisor.Post(LifeEvent.Terminate);
        supervisor.WaitForEnd();
        Assert.Contains("close", _mount.Done);
    }

    [Fact]
    public void A_request_at_the_end_is_answered()
    {
        var supervisor = Start();
        Gone();
        supervisor.WaitForEnd();
        Assert.Equal(UnmountOutcome.NotDetached, supervisor.Unmount(Normal).Outcome);
    }

    [Fact]
    public async Task Requests_during_a_commit_wait_for_their_turn()
    {
        using var hold = new ManualResetEventSlim();
        _mount.Hold = hold;
        var supervisor = Start();
        var first = Begin(() => supervisor.Commit(new CommitRequest(1)));
        Assert.True(_mount.Committing.Wait(Long));
        _mount.OnDetach = Gone;
        var second = Begin(() => supervisor.Unmount(Normal));
        await Task.Delay(50);
        Assert.False(second.IsCompleted);
        hold.Set();
        Assert.Equal(7, (await first.WaitAsync(Long))!.Generation);
        Assert.Equal(UnmountOutcome.Ended, (await second.WaitAsync(Long)).Outcome);
    }

    public void Dispose()
    {
        Gone();
        _supervisor?.WaitForEnd();
        _supervisor?.Dispose();
    }

    private static UnmountRequest Normal => new(IsLazy: false, KeepsChanges: false, CommitsFirst: true, Threads: 1);

    /// <summary>Uses a log that cannot be written.</summary>
    private Supervisor Start(TimeSpan? shown = null)
    {
        var log = new SafeLog(_ => throw new IOException("No space left on device"));
        _supervisor = new Supervisor(_mount, log, failure => failure.Message, shown ?? TimeSpan.FromMilliseconds(500));
        _supervisor.Post(LifeEvent.Ready);
        return _supervisor;
    }

    /// <summary>Runs on a separate thread: the caller waits, and would block the thread pool for other tests.</summary>
    private static Task<T> Begin<T>(Func<T> ask) =>
        Task.Factory.StartNew(ask, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Gone() => _supervisor?.Post(LifeEvent.Gone);

    private sealed class Mount : IServedMount
    {
        public ConcurrentQueue<string> Done { get; } = new();

        public Exception? CommitFailure { get; set; }

        public Exception? TailFailure { get; set; }

        public bool Throws { get; set; }

        public DetachOutcome Outcome { get; set; } = DetachOutcome.Detached;

        public Action? OnDetach { get; set; }

        public Action? OnStop { get; set; }

        public ManualResetEventSlim? Hold { get; set; }

        public ManualResetEventSlim Committing { get; } = new();

        public CommitReport? Report { get; set; } = new(7, new GenerationDifference(1, 2, 3, 4, 5, 6), 8, "", 0.25, []);

        public MountStatus Status { get; } = new(Guid.Empty, 1, 2, 3, WriterKind.Mine, null, null, null);

        public CommitReport? Commit(CommitRequest request, CancellationToken cancellation)
        {
            Note("commit");
            Committing.Set();
            Hold?.Wait(cancellation);
            return CommitFailure is null ? Report : throw CommitFailure;
        }

        public CommitReport? CommitTail(CancellationToken cancellation)
        {
            Note("tail");
            return TailFailure is null ? null : throw TailFailure;
        }

        public void Sync() => Note("sync");

        public DetachOutcome Detach(bool lazy)
        {
            Note(lazy ? "detach lazily" : "detach");
            OnDetach?.Invoke();
            return Outcome;
        }

        public void StopServing()
        {
            Done.Enqueue("stop");
            OnStop?.Invoke();
        }

        public bool EndReadAhead()
        {
            Note("end read-ahead");
            return false;
        }

        public void SayReady() => Note("ready");

        public ClosingSummary Close(bool committed)
        {
            Note("close");
            return default;
        }

        private void Note(string what)
        {
            Done.Enqueue(what);
            if (Throws)
            {
                throw new InvalidOperationException(what);
            }
        }
    }
}

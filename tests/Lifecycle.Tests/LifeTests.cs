namespace CondaFuse.Lifecycle.Tests;

/// <summary>Explores every state that any order of events reaches, and checks the invariants in each.</summary>
public sealed class LifeTests
{
    private static readonly UnmountMode Normal = new(IsLazy: false, KeepsChanges: false, CommitsFirst: true);

    private static readonly UnmountMode[] Modes =
        [.. from lazy in Both from keeps in Both from first in Both select new UnmountMode(lazy, keeps, first)];

    private static bool[] Both => [false, true];

    [Fact]
    public void Every_step_of_every_reachable_state_keeps_the_rules()
    {
        var (states, steps) = (0, 0);
        foreach (var (state, work) in Reachable())
        {
            states++;
            foreach (var (happened, mode) in Events(work))
            {
                steps++;
                Check(state, happened, Life.Step(state, happened, mode));
            }
        }

        Assert.InRange(states, 50, 10000);
        Assert.InRange(steps, 500, 100000);
    }

    [Fact]
    public void Every_reachable_state_has_a_way_to_the_end()
    {
        foreach (var (state, work) in Reachable())
        {
            var (now, pending) = (state, work);
            for (var step = 0; now.Phase != Phase.Ended; step++)
            {
                Assert.True(step < 10, $"{state} does not end: {now}");
                var next = pending switch
                {
                    Work.Commit => LifeEvent.CommitFailed,
                    Work.Detach => LifeEvent.DetachFailed,
                    Work.Tail => LifeEvent.TailFailed,
                    _ => now.IsTerminating ? LifeEvent.Gone : LifeEvent.Terminate,
                };
                (now, pending) = Apply(now, pending, next, default);
            }
        }
    }

    [Fact]
    public void An_unmount_commits_first_then_detaches_then_commits_what_came_in_between() => Assert.Equal(
        [LifeAction.SayReady, LifeAction.Commit, LifeAction.Detach, LifeAction.StartTimer, LifeAction.TailCommit, LifeAction.End],
        Run(LifeEvent.Ready, LifeEvent.UnmountAsked, LifeEvent.CommitDone, LifeEvent.DetachDone, LifeEvent.Gone, LifeEvent.TailDone));

    [Fact]
    public void A_failed_commit_and_a_busy_mount_lead_back_to_serving() => Assert.Equal(
        [
            LifeAction.SayReady,
            LifeAction.Commit,
            LifeAction.ReplyFailed,
            LifeAction.Commit,
            LifeAction.Detach,
            LifeAction.ReplyBusy,
            LifeAction.Commit,
        ],
        Run(
            LifeEvent.Ready,
            LifeEvent.UnmountAsked,
            LifeEvent.CommitFailed,
            LifeEvent.UnmountAsked,
            LifeEvent.CommitDone,
            LifeEvent.DetachBusy,
            LifeEvent.CommitAsked));

    [Fact]
    public void Keeping_the_changes_ends_with_a_busy_mount()
    {
        var state = Life.Step(new LifeState(Phase.Serving), LifeEvent.UnmountAsked, Normal with { KeepsChanges = true }).Next;
        state = Life.Step(state, LifeEvent.CommitDone).Next;
        state = Life.Step(state, LifeEvent.DetachBusy).Next;
        Assert.Equal([LifeAction.TailCommit], Life.Step(state, LifeEvent.Gone).Actions);
    }

    [Fact]
    public void A_detached_mount_that_others_still_show_commits_and_can_be_waited_for() => Assert.Equal(
        [LifeAction.SayReady, LifeAction.Commit, LifeAction.Detach, LifeAction.StartTimer, LifeAction.ReplyStillShown,
            LifeAction.Commit, LifeAction.ReplyCommitted, LifeAction.StartTimer, LifeAction.TailCommit, LifeAction.End],
        Run(LifeEvent.Ready, LifeEvent.UnmountAsked, LifeEvent.CommitDone, LifeEvent.DetachDone, LifeEvent.GoneIsLate,
            LifeEvent.CommitAsked, LifeEvent.CommitDone, LifeEvent.UnmountAsked, LifeEvent.Gone, LifeEvent.TailDone));

    [Fact]
    public void A_sigterm_while_a_detached_mount_commits_detaches_no_other_mount_at_its_place() => Assert.Equal(
        [LifeAction.SayReady, LifeAction.Commit, LifeAction.Detach, LifeAction.StartTimer, LifeAction.ReplyStillShown,
            LifeAction.Commit, LifeAction.CancelCommit, LifeAction.ReplyFailed, LifeAction.StopServing],
        Run(LifeEvent.Ready, LifeEvent.UnmountAsked, LifeEvent.CommitDone, LifeEvent.DetachDone, LifeEvent.GoneIsLate,
            LifeEvent.CommitAsked, LifeEvent.Terminate, LifeEvent.CommitFailed));

    private static List<LifeAction> Run(params LifeEvent[] events)
    {
        var state = new LifeState(Phase.Starting);
        var actions = new List<LifeAction>();
        foreach (var happened in events)
        {
            var (next, done) = Life.Step(state, happened, Normal);
            state = next;
            actions.AddRange(done);
        }

        return actions;
    }

    private static void Check(LifeState state, LifeEvent happened, (LifeState Next, IReadOnlyList<LifeAction> Actions) step)
    {
        var (next, actions) = step;
        var where = $"{state} + {happened} = {next}: {string.Join(", ", actions)}";

        // The current request is answered exactly once, when it ends.
        var replies = actions.Count(IsReply);
        var isOver = state.Asked != Asked.Nothing && next.Asked == Asked.Nothing;
        Assert.True(replies <= 1 && (!isOver || replies == 1) && (replies == 0 || isOver || actions.Contains(LifeAction.End)), where);
        Assert.True(next.Phase != Phase.Ended || next.Asked == Asked.Nothing, where);

        // IsGone and IsTerminating stay set, and nothing leaves the final phase.
        Assert.True(!state.IsGone || next.IsGone, where);
        Assert.True(!state.IsTerminating || next.IsTerminating, where);
        Assert.True(state.Phase != Phase.Ended || (next == state && actions.All(action => action == LifeAction.Refuse)), where);

        // No commit begins after SIGTERM; the last one begins only when no more requests can come.
        Assert.True(!next.IsTerminating || !actions.Any(action => action is LifeAction.Commit or LifeAction.TailCommit), where);
        Assert.True(!actions.Contains(LifeAction.TailCommit) || (next.IsGone && !next.Mode.KeepsChanges), where);
        Assert.True(!actions.Contains(LifeAction.TailSync) || next.IsGone, where);

        // A mount is taken away from its users only on request.
        Assert.True(!actions.Contains(LifeAction.DetachLazily) || next.Mode.IsLazy, where);
        Assert.True(!actions.Contains(LifeAction.AbandonMount) || next.IsTerminating, where);
    }

    private static bool IsReply(LifeAction action) => action
        is LifeAction.ReplyBusy or LifeAction.ReplyCommitted or LifeAction.ReplyFailed or LifeAction.ReplyLazy or LifeAction.ReplyNotDetached
            or LifeAction.ReplyStillShown
        or LifeAction.End;

    private static HashSet<(LifeState State, Work Work)> Reachable()
    {
        var found = new HashSet<(LifeState State, Work Work)> { (new LifeState(Phase.Starting), Work.None) };
        var open = new Queue<(LifeState State, Work Work)>(found);
        while (open.TryDequeue(out var from))
        {
            foreach (var (happened, mode) in Events(from.Work))
            {
                var next = Apply(from.State, from.Work, happened, mode);
                if (found.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        return found;
    }

    /// <summary>The possible events: any external event at any time, and a result of the current work.</summary>
    private static IEnumerable<(LifeEvent Happened, UnmountMode Mode)> Events(Work work)
    {
        LifeEvent[] always = [LifeEvent.Ready, LifeEvent.CommitAsked, LifeEvent.Gone, LifeEvent.GoneIsLate, LifeEvent.Terminate];
        LifeEvent[] answers = work switch
        {
            Work.Commit => [LifeEvent.CommitDone, LifeEvent.CommitFailed],
            Work.Detach => [LifeEvent.DetachDone, LifeEvent.DetachBusy, LifeEvent.DetachFailed],
            Work.Tail => [LifeEvent.TailDone, LifeEvent.TailFailed],
            _ => [],
        };
        return [
            .. always.Concat(answers).Select(happened => (happened, default(UnmountMode))),
            .. Modes.Select(mode => (LifeEvent.UnmountAsked, mode)),
        ];
    }

    private static (LifeState State, Work Work) Apply(LifeState state, Work work, LifeEvent happened, UnmountMode mode)
    {
        var (next, actions) = Life.Step(state, happened, mode);
        var isAnswer = happened
            is LifeEvent.CommitDone or LifeEvent.CommitFailed or LifeEvent.DetachDone or LifeEvent.DetachBusy or LifeEvent.DetachFailed
                or LifeEvent.TailDone or LifeEvent.TailFailed;
        var rest = isAnswer ? Work.None : work;
        foreach (var action in actions)
        {
            var begun = action switch
            {
                LifeAction.Commit or LifeAction.Sync => Work.Commit,
                LifeAction.Detach or LifeAction.DetachLazily => Work.Detach,
                LifeAction.TailCommit or LifeAction.TailSync => Work.Tail,
                _ => Work.None,
            };
            Assert.True(begun == Work.None || rest == Work.None, $"{state} + {happened} begins {begun} while {rest} is under way");
            rest = begun == Work.None ? rest : begun;
        }

        return (next, rest);
    }

    private enum Work
    {
        None,
        Commit,
        Detach,
        Tail,
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Folds the changes of a tree into its image. Both locks are held only at the beginning and the end; changes continue in between.</summary>
/// <param name="writer">The writer.</param>
/// <param name="open">Makes a tree of a snapshot that is independent of the writer's state.</param>
internal sealed class TreeCommits(ChangeWriter writer, Func<UnionState, IChangeLog, ILayeredTree> open)
{
    /// <summary>Begins a commit.</summary>
    public PendingCommit Begin(bool isLast)
    {
        lock (writer.Syncing)
        lock (writer.Gate)
        {
            if (writer.Pending is not null)
            {
                throw new InvalidOperationException("A commit is under way.");
            }

            var log = writer.Log();
            var state = writer.State.Copy();
            state.DropNameless();
            var commit = new PendingCommit(this, open(state, log), log.Segment, isLast) { DataStart = log.DataLength };
            if (isLast)
            {
                log.Sync();
            }
            else
            {
                // Either the new segment is active and has all entries without names, or nothing has changed.
                log.Seal(writer.State.Next, next =>
                {
                    commit.DataStart = next.DataLength;
                    RepeatNameless(next, commit);
                });
            }

            return writer.Pending = commit;
        }
    }

    /// <summary>Applies the changes made since the commit began to the new image.</summary>
    public void Complete(PendingCommit commit, INumberedTree? image, long generation)
    {
        lock (writer.Syncing)
        lock (writer.Gate)
        {
            ObjectDisposedException.ThrowIf(writer.IsDisposed || commit.IsOver, this);
            if (commit.IsLast)
            {
                writer.Begun!.Merged(commit.Segment, generation);
                End(commit);
                return;
            }

            ArgumentNullException.ThrowIfNull(image);
            commit.IsWritten = true;
            var state = Rebased(commit, image);
            writer.Reclaiming.Merged(commit.DataStart);
            writer.TakeBase(state);
            End(commit);
            writer.Begun!.Merged(commit.Segment, generation);
        }
    }

    /// <summary>Abandons a commit.</summary>
    public void Abandon(PendingCommit commit)
    {
        lock (writer.Syncing)
        lock (writer.Gate)
        {
            if (commit.IsOver)
            {
                return;
            }

            if (commit.IsWritten)
            {
                // The image holds the sealed changes, but this tree could not continue with it. The journal continues that segment, and must do so
                // until the next mount: this commit stays the last.
                commit.IsOver = true;
                return;
            }

            End(commit);
            if (!commit.IsLast && !writer.IsDisposed)
            {
                writer.Begun!.Unseal();
            }
        }
    }

    private void End(PendingCommit commit)
    {
        commit.IsOver = true;
        writer.Pending = null;
    }

    private UnionState Rebased(PendingCommit commit, INumberedTree image)
    {
        var state = new UnionState(image, writer.State.Next);
        var replay = new Replay(state);
        foreach (var change in commit.Later)
        {
            replay.Apply(change.Open());
        }

        foreach (var entry in state.Entries.Values.Where(entry => entry.LinkCount == 0).ToList())
        {
            if (writer.State.Find(entry.Number) is { } known)
            {
                entry.TakeSessionFacts(known);
            }
            else
            {
                state.Drop(entry);
            }
        }

        return state;
    }

    /// <summary>The image will not hold entries without names: the new segment begins with them, for open handles.</summary>
    private void RepeatNameless(IChangeLog log, PendingCommit commit)
    {
        if (writer.State.Entries.Values.All(entry => entry.LinkCount > 0))
        {
            return;
        }

        // They stay unchanged here: their content moves when the commit is complete, and that may fail.
        var nameless = new StateWriter(writer.State, writer.Source, new ChangeEmitter(writer.State.Copy(), log, commit));
        foreach (var entry in writer.State.Entries.Values.Where(entry => entry.LinkCount == 0))
        {
            nameless.WriteNameless(entry);
        }
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Folding changes into the image.</content>
public sealed partial class ChangedTree
{
    private PendingCommit? _commit;

    /// <summary>
    /// Begins a commit: syncs all changes, and gives a snapshot of them to be written into the image. Users go on changing the tree meanwhile.
    /// </summary>
    /// <param name="isLast">Whether nobody uses the tree any more (it is unmounted): then the journal ends with the commit.</param>
    /// <exception cref="TreeException">As for any change: others write, or the storage failed.</exception>
    /// <exception cref="InvalidOperationException">A commit is under way.</exception>
    public PendingCommit BeginCommit(bool isLast)
    {
        lock (_syncing)
        lock (_writer)
        {
            if (_commit is not null)
            {
                throw new InvalidOperationException("A commit is under way.");
            }

            var log = Log();
            var state = _state.Copy();
            state.DropNameless();
            var snapshot = new ChangedTree(state, new FrozenStore(log), _time) { _isSnapshot = true };
            var commit = new PendingCommit(this, snapshot, log.Segment, isLast) { DataStart = log.DataLength };
            if (isLast)
            {
                log.Sync();
            }
            else
            {
                // Either the new segment is in force with all that has no name, or nothing was changed.
                log.Seal(_state.Next, next =>
                {
                    commit.DataStart = next.DataLength;
                    RepeatNameless(next, commit);
                });
            }

            return _commit = commit;
        }
    }

    /// <summary>Puts the changes that came since the commit began onto the new image.</summary>
    internal void Complete(PendingCommit commit, INumberedTree? image, long generation)
    {
        lock (_syncing)
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed || commit.IsOver, this);
            if (commit.IsLast)
            {
                _log!.Merged(commit.Segment, generation);
                End(commit);
                return;
            }

            ArgumentNullException.ThrowIfNull(image);
            commit.IsWritten = true;
            var state = Rebased(commit, image);
            var former = _state.Base;
            var old = Replace(state, new Source(image, _store, _log), isOtherBase: true);
            _reclaiming.Merged(commit.DataStart);
            old.Retire(former);
            old.WaitUntilUnused();
            End(commit);
            _log!.Merged(commit.Segment, generation);
        }
    }

    internal void Abandon(PendingCommit commit)
    {
        lock (_syncing)
        lock (_writer)
        {
            if (commit.IsOver)
            {
                return;
            }

            if (commit.IsWritten)
            {
                // The image has what was sealed, and this tree could not go on with it. The journal continues that segment, and must go on doing so
                // until the next mount: this commit stays the last.
                commit.IsOver = true;
                return;
            }

            End(commit);
            if (!commit.IsLast && !_disposed)
            {
                _log!.Unseal();
            }
        }
    }

    private void End(PendingCommit commit)
    {
        commit.IsOver = true;
        _commit = null;
    }

    private UnionState Rebased(PendingCommit commit, INumberedTree image)
    {
        var state = new UnionState(image, _state.Next);
        var replay = new Replay(state);
        foreach (var change in commit.Later)
        {
            replay.Apply(change.Open());
        }

        foreach (var entry in state.Entries.Values.Where(entry => entry.LinkCount == 0).ToList())
        {
            if (_state.Find(entry.Number) is { } known)
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

    /// <summary>The image will not have what has no name: the new segment begins with it, for those who still know it.</summary>
    private void RepeatNameless(IChangeLog log, PendingCommit commit)
    {
        if (_state.Entries.Values.All(entry => entry.LinkCount > 0))
        {
            return;
        }

        // Here they stay as they are: their content is moved when the commit is complete, and that may fail.
        var writer = new StateWriter(_state, _source, new ChangeEmitter(_state.Copy(), log, commit));
        foreach (var entry in _state.Entries.Values.Where(entry => entry.LinkCount == 0))
        {
            writer.WriteNameless(entry);
        }
    }
}

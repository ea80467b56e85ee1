using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Puts stored changes into a state.</summary>
internal sealed class Replay(UnionState state) : IChangeSink
{
    private readonly ChangePlan _plan = new(state, isReplay: true);
    private long _record;

    public void Apply(in Change change)
    {
        try
        {
            _plan.Prepare(change);
            _plan.Apply(change);
        }
        catch (TreeException exception)
        {
            throw new ChangeReplayException(_record, change.Kind, exception);
        }

        _record++;
    }
}

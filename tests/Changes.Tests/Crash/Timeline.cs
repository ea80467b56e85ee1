using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>The states of a workload, and which of them are allowed after a crash at any point of a storage's record.</summary>
internal sealed class Timeline(RecordedStorage storage, ulong first)
{
    private readonly List<(ulong Digest, int Attempted, int Done)> _states = [(first, -1, 0)];
    private readonly List<(int At, int State)> _syncs = [(0, 0)];

    public int Current => _states.Count - 1;

    public ulong CurrentDigest => _states[^1].Digest;

    /// <summary>Makes a change; if it fails, the state is unchanged.</summary>
    /// <returns>The result of the change: the digest of the new state.</returns>
    public ulong Change(Func<ulong> change)
    {
        _states.Add((0, storage.Events.Count, int.MaxValue));
        try
        {
            var digest = change();
            _states[^1] = _states[^1] with { Digest = digest, Done = storage.Events.Count };
            return digest;
        }
        catch (TreeException)
        {
            _states.RemoveAt(Current);
            throw;
        }
    }

    /// <summary>Everything so far is on the storage.</summary>
    public void Synced() => _syncs.Add((storage.Events.Count, Current));

    /// <summary>Whether a state may be found after a crash that follows this many events.</summary>
    public bool Allows(ulong digest, int events, CrashKind crash, out string expected)
    {
        var least = crash == CrashKind.Kill
            ? _states.FindLastIndex(state => state.Done <= events)
            : _syncs.FindLast(sync => sync.At <= events).State;
        var max = Math.Max(least, _states.FindLastIndex(state => state.Attempted < events)); // A change without a call has no separate state.
        var found = _states.FindLastIndex(state => state.Digest == digest);
        expected = $"states {least} to {max} of {Current}, found {found}";
        return _states.FindIndex(least, max - least + 1, state => state.Digest == digest) >= 0;
    }
}

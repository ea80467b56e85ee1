using System.Numerics;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Tests.Writing;

/// <summary>A process of the model.</summary>
internal readonly record struct ModelActor(ClaimState State, int Host, bool HasLocks)
{
    /// <summary>Inode of the lock file that it has open; 0 for none.</summary>
    public int Open { get; init; }

    /// <summary>The lease that it found abandoned, as a bit; 0 for none.</summary>
    public int Abandoned { get; init; }

    /// <summary>Whether an action of two calls is half done.</summary>
    public bool IsHalfDone { get; init; }

    /// <summary>Whether it died.</summary>
    public bool IsDead { get; init; }

    /// <summary>Whether it was the holder, and is ending.</summary>
    public bool IsEnding { get; init; }

    public bool Holds => State.Next == ClaimAction.Hold && !IsDead && !IsEnding;
}

/// <summary>Why a call failed: each reason leaves a different state.</summary>
internal enum ModelErrno
{
    /// <summary>EIO.</summary>
    Storage,

    /// <summary>ENOSPC.</summary>
    NoSpace,

    /// <summary>ESTALE.</summary>
    Stale,
}

/// <summary>The folder of changes, as all hosts see it. Tokens are bits: one for each process, and one for a process that died before.</summary>
internal readonly record struct ModelFolder(int Writer, int Inodes, int LockedInodes, int Holders, int Lease, int Breaks);

/// <summary>The complete state between two calls.</summary>
internal readonly record struct ModelWorld(ModelActor A, ModelActor B, ModelActor C, ModelFolder Folder, int Failures, int Crashes)
{
    public ModelActor this[int index] => index switch { 0 => A, 1 => B, _ => C };

    public ModelWorld With(int index, ModelActor actor) =>
        index switch { 0 => this with { A = actor }, 1 => this with { B = actor }, _ => this with { C = actor } };
}

/// <summary>
/// Runs processes through the protocol in every order of their calls, with calls that fail (before or after taking effect), and with processes that
/// die between any two calls.
/// </summary>
internal sealed class ClaimModel(int actors, int failures)
{
    /// <summary>Token of a process that died before, on host 0.</summary>
    public const int Former = 8;

    private const int FormerHost = 0;

    /// <summary>More restarts than this change nothing.</summary>
    private const int MaxRounds = 2;

    private readonly Dictionary<ModelWorld, BigInteger> _seen = [];

    /// <summary>Number of distinct states reached.</summary>
    public int States => _seen.Count;

    /// <summary>States in which two processes could write.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Number of final states with leftovers of processes that all ended properly.</summary>
    public int Leftovers { get; private set; }

    /// <summary>Number of final states in which some process had held the lock.</summary>
    public int Won { get; private set; }

    /// <summary>Explores all following states.</summary>
    /// <returns>The number of different runs.</returns>
    public BigInteger Explore(ModelWorld world)
    {
        if (_seen.TryGetValue(world, out var known))
        {
            return known;
        }

        var holding = Enumerable.Range(0, actors).Count(index => world[index].Holds);
        Won += holding;
        if (holding > 1)
        {
            Violations.Add($"{world}");
        }

        var runs = BigInteger.Zero;
        foreach (var next in Enumerable.Range(0, actors).SelectMany(index => Steps(world, index)))
        {
            runs += Explore(next);
        }

        if (runs.IsZero)
        {
            runs = BigInteger.One;
            Leftovers += LeftBehind(world) ? 1 : 0;
        }

        _seen.Add(world, runs);
        return runs;
    }

    private bool LeftBehind(ModelWorld world) => Enumerable.Range(0, actors).Any(index =>
        !world[index].IsDead && ((world.Folder.Holders & (1 << index)) != 0 || world.Folder.Lease == 1 << index))
        && world.Failures == failures && Enumerable.Range(0, actors).All(index => world[index].State.Rounds <= MaxRounds);

    private static IEnumerable<ModelWorld> Steps(ModelWorld world, int index)
    {
        var actor = world[index];
        if (actor.IsDead || actor.State.Rounds > MaxRounds)
        {
            yield break;
        }

        if (actor.Holds)
        {
            // At the end, either the folder is removed, or only the claim.
            var ending = actor with { IsEnding = true, State = ClaimProtocol.Withdraw(actor.State, ClaimAction.Refuse) };
            yield return world.With(index, ending);
            yield return world.With(index, ending) with { Folder = world.Folder with { Writer = 0 } };
            if (world.Crashes > 0)
            {
                yield return Crash(world, index);
            }

            yield break;
        }

        if (actor.State.IsOver)
        {
            yield break;
        }

        foreach (var next in Calls(world, index, actor))
        {
            yield return next;
        }

        if (world.Failures > 0)
        {
            var failing = world with { Failures = world.Failures - 1 };
            foreach (var next in Enum.GetValues<ModelErrno>().SelectMany(errno => Failed(failing, index, actor, errno)))
            {
                yield return next;
            }
        }

        if (world.Crashes > 0)
        {
            yield return Crash(world, index);
        }
    }

    /// <summary>The possible effects of a failing call.</summary>
    private static IEnumerable<ModelWorld> Failed(ModelWorld world, int index, ModelActor actor, ModelErrno errno)
    {
        var nothing = world.With(index, Go(actor, ClaimResult.Failed));
        switch (errno)
        {
            case ModelErrno.NoSpace when actor.State.Next is ClaimAction.PublishHolder:
                // Nothing was created, and the useless lock is removed if it still has its name.
                var writer = world.Folder.Writer == actor.Open ? 0 : world.Folder.Writer;
                yield return nothing with { Folder = world.Folder with { Writer = writer } };
                break;
            case ModelErrno.NoSpace when actor.State.Next is ClaimAction.TryLock or ClaimAction.CreateLease or ClaimAction.CreateBreak:
                yield return nothing;
                break;
            case ModelErrno.NoSpace:
                break; // removing and reading need no space
            case ModelErrno.Stale when actor.Open != 0 && world.Folder.Writer != actor.Open:
                // The file of an open descriptor was removed on another host: nothing was done.
                yield return nothing;
                break;
            case ModelErrno.Stale:
                break;
            default:
                // A repeated request on a network file system may or may not have been executed.
                yield return nothing;
                foreach (var next in Calls(world, index, actor).Where(next => next.Folder != world.Folder))
                {
                    yield return next.With(index, Go(actor with { Open = next[index].Open }, ClaimResult.Failed));
                }

                break;
        }
    }

    private static ModelWorld Crash(ModelWorld world, int index)
    {
        var actor = world[index];
        return (world with { Crashes = world.Crashes - 1, Folder = Unlocked(world.Folder, actor) }).With(index, actor with { IsDead = true });
    }

    private static ModelFolder Unlocked(ModelFolder folder, ModelActor actor) =>
        actor.State.HasLock ? folder with { LockedInodes = folder.LockedInodes & ~(1 << actor.Open) } : folder;

    private static ModelActor Go(ModelActor actor, ClaimResult result) =>
        actor with { State = ClaimProtocol.Apply(actor.State, result), IsHalfDone = false };

    private static IEnumerable<ModelWorld> Calls(ModelWorld world, int index, ModelActor actor)
    {
        var folder = world.Folder;
        var own = 1 << index;
        ModelWorld Next(ClaimResult result, ModelFolder now, ModelActor? changed = null) =>
            (world with { Folder = now }).With(index, Go(changed ?? actor, result));
        ModelWorld Half(ModelFolder now, ModelActor changed) => (world with { Folder = now }).With(index, changed with { IsHalfDone = true });
        switch (actor.State.Next)
        {
            case ClaimAction.TryLock when !actor.IsHalfDone:
                var opened = folder.Writer != 0 ? folder : folder with { Writer = folder.Inodes + 1, Inodes = folder.Inodes + 1 };
                yield return Half(opened, actor with { Open = opened.Writer });
                break;
            case ClaimAction.TryLock when !actor.HasLocks:
                yield return Next(ClaimResult.NoLocks, folder);
                break;
            case ClaimAction.TryLock:
                var bit = 1 << actor.Open;
                yield return (folder.LockedInodes & bit) != 0
                    ? Next(ClaimResult.No, folder)
                    : Next(ClaimResult.Yes, folder with { LockedInodes = folder.LockedInodes | bit });
                break;
            case ClaimAction.VerifyLock:
                yield return Next(folder.Writer == actor.Open ? ClaimResult.Yes : ClaimResult.No, folder);
                break;
            case ClaimAction.PublishHolder:
                yield return Next(ClaimResult.Yes, folder with { Holders = folder.Holders | own });
                break;
            case ClaimAction.ReadLease:
                var seen = folder.Lease == 0 ? ClaimResult.None : IsDeadFor(world, folder.Lease, actor) ? ClaimResult.Abandoned : ClaimResult.Live;
                yield return Next(seen, folder, actor with { Abandoned = seen == ClaimResult.Abandoned ? folder.Lease : 0 });
                if (folder.Lease == Former && seen == ClaimResult.Abandoned)
                {
                    // For a lease from before the host's last boot, its age decides; a clock that jumps makes it look new, then old again.
                    yield return Next(ClaimResult.Live, folder, actor with { Abandoned = 0 });
                }

                break;
            case ClaimAction.ReadHolder:
                var others = Enumerable.Range(0, 4).Select(token => 1 << token).Where(token => (folder.Holders & token) != 0 && token != own);
                yield return Next(others.Any(token => !IsDeadFor(world, token, actor)) ? ClaimResult.Live : ClaimResult.None, folder);
                break;
            case ClaimAction.CreateLease:
                yield return folder.Lease != 0 ? Next(ClaimResult.No, folder) : Next(ClaimResult.Yes, folder with { Lease = own });
                break;
            case ClaimAction.CreateBreak:
                yield return (folder.Breaks & actor.Abandoned) != 0
                    ? Next(ClaimResult.No, folder)
                    : Next(ClaimResult.Yes, folder with { Breaks = folder.Breaks | actor.Abandoned });
                break;
            case ClaimAction.VerifyAbandoned:
                yield return Next(folder.Lease == actor.Abandoned ? ClaimResult.Yes : ClaimResult.No, folder);
                break;
            case ClaimAction.RemoveAbandoned:
                yield return Next(ClaimResult.Yes, folder with { Lease = 0 });
                break;
            case ClaimAction.RemoveBreak:
                yield return Next(ClaimResult.Yes, folder with { Breaks = folder.Breaks & ~actor.Abandoned });
                break;
            case ClaimAction.ClearHolder:
                yield return Next(ClaimResult.Yes, folder with { Holders = folder.Holders & ~own });
                break;
            case ClaimAction.RemoveLease when !actor.IsHalfDone && folder.Lease == own:
                yield return Half(folder, actor);
                break;
            case ClaimAction.RemoveLease:
                yield return Next(ClaimResult.Yes, actor.IsHalfDone ? folder with { Lease = 0 } : folder);
                break;
            case ClaimAction.Unlock:
                yield return Next(ClaimResult.Yes, Unlocked(folder, actor), actor with { Open = 0 });
                break;
            default:
                throw new InvalidOperationException($"{actor.State.Next}");
        }
    }

    /// <summary>A process is known to be dead only on its own host.</summary>
    private static bool IsDeadFor(ModelWorld world, int token, ModelActor actor)
    {
        if (token == Former)
        {
            return actor.Host == FormerHost;
        }

        var other = world[BitOperations.Log2((uint)token)];
        return other.IsDead && other.Host == actor.Host;
    }
}

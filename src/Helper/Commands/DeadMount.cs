using CondaFuse.Helper.Output;
using CondaFuse.Mounts;
using CondaFuse.Store;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>A mount whose server is gone: every access fails with "Transport endpoint is not connected", including conda's own commands.</summary>
internal static class DeadMount
{
    /// <summary>
    /// Mounts it again, so that shells in which it is active can deactivate, and changes can be committed. A working mount is left alone.
    /// </summary>
    public static void Recover(Session session, string mountPoint)
    {
        if (Find(session, mountPoint) is not { } dead)
        {
            return;
        }

        try
        {
            var plan = session.Planner.Plan(dead.Archive, mountPoint, dead.Entry.IsReadOnly, dead.Record?.Generation);
            session.Keeper.Ensure(dead.Record is { } record ? plan with { Prefix = record.Prefix } : plan, Tell);
            Tell($"the server of {mountPoint} was not running; mounted it again, no change was lost");
        }
        catch (Exception failure) when (failure is StoreException or TreeException or MountException or IOException)
        {
            // Unmounting continues, and detaches it.
            Tell($"the server of {mountPoint} is not running, and cannot be started: {failure.Message}");
        }
    }

    /// <summary>The mount, if its server is gone.</summary>
    public static LiveMount? Find(Session session, string mountPoint) =>
        LiveMounts.Read(session.Layout).At(mountPoint) is { IsDead: true } dead ? dead : null;

    /// <summary>The changes that a dead mount, now unmounted, leaves beside its archive.</summary>
    public static string Describe(Session session, LiveMount dead)
    {
        try
        {
            var state = ArchiveState.Read(session.Layout, dead.Archive);
            var kept = KeptChanges.Count(state, session.Clock);
            return kept.Changes == 0
                ? "its server was not running; there are no uncommitted changes"
                : $"its server was not running; your changes ({Sizes.Human(kept.Bytes)}) are kept in {state.Place.Folder} and reappear at "
                    + $"the next mount";
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            return $"its server was not running; its uncommitted changes are kept but cannot be read now: {failure.Message}";
        }
    }

    private static void Tell(string text) => Message.Error(text);
}

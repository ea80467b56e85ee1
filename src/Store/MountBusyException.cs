using CondaFuse.Mounts;
using CondaFuse.Store.Committing;

namespace CondaFuse.Store;

/// <summary>A mount that somebody uses; it is still there.</summary>
/// <param name="mountPoint">The mount.</param>
/// <param name="holders">Who uses it, as far as this user can see.</param>
/// <param name="report">What was committed all the same; null if nothing.</param>
public sealed class MountBusyException(string mountPoint, IReadOnlyList<MountHolder> holders, CommitReport? report = null)
    : StoreException(
        StoreFault.Busy,
        report is null ? $"{mountPoint} is in use, nothing was changed" : $"{mountPoint} is still in use; its changes were committed as generation {report.Generation}")
{
    /// <summary>Who uses it, as far as this user can see.</summary>
    public IReadOnlyList<MountHolder> Holders { get; } = holders;
}

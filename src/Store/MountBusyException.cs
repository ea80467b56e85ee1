using CondaFuse.Mounts;

namespace CondaFuse.Store;

/// <summary>A mount that somebody uses; nothing was changed.</summary>
/// <param name="mountPoint">The mount.</param>
/// <param name="holders">Who uses it, as far as this user can see.</param>
public sealed class MountBusyException(string mountPoint, IReadOnlyList<MountHolder> holders)
    : StoreException(StoreFault.Busy, $"{mountPoint} is in use, nothing was changed")
{
    /// <summary>Who uses it, as far as this user can see.</summary>
    public IReadOnlyList<MountHolder> Holders { get; } = holders;
}

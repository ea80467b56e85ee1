using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// A mount of an archive that root, or the archive's owner, made where this user would make one: used instead of an own one, where it is open to
/// others.
/// </summary>
/// <remarks>
/// What is mounted is what its server says, not what its name says. So only those are believed who could put anything into the archive anyway.
/// </remarks>
internal static class ForeignMount
{
    /// <summary>True if it can be used.</summary>
    /// <exception cref="StoreException">It cannot, and nothing else can be mounted there.</exception>
    public static bool Demand(MountEntry mount, MountPlan plan)
    {
        if (mount.FuseUser is not { } user || (user != 0 && user != OwnerOf(plan.Archive)))
        {
            throw Refusal(plan, $"by user {mount.FuseUser}, who is neither root nor the owner of the archive");
        }

        if (!mount.IsForAll)
        {
            throw Refusal(plan, $"by user {user}, for that user only");
        }

        if (plan.Generation is not null)
        {
            throw Refusal(plan, $"by user {user}, and may show another generation");
        }

        return !plan.ReadOnly || mount.IsReadOnly ? true : throw Refusal(plan, $"by user {user}, writable");
    }

    private static StoreException Refusal(MountPlan plan, string why) =>
        new(StoreFault.AlreadyExists, $"{plan.Archive} is mounted at {plan.MountPoint} {why}") { Hint = "mount it at another directory" };

    /// <summary>The owner of an archive; null if nobody can tell, or if it is the overflow user, who may be anybody.</summary>
    private static uint? OwnerOf(string archive)
    {
        const uint overflow = 65534;
        try
        {
            using var file = PlainFile.OpenToRead(archive);
            using var lease = new HandleLease(file);
            var owner = FileStatus.Of(lease, []).UserId;
            return owner == overflow ? null : owner;
        }
        catch (PlatformException)
        {
            return null;
        }
    }
}

using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// A mount of an archive by root or by the archive's owner, at the place where this user would mount it. It is used instead of a new mount if it is
/// open to other users.
/// </summary>
/// <remarks>
/// The content of a mount comes from its server, and its name proves nothing. So only users who could change the archive anyway are trusted.
/// </remarks>
internal static class ForeignMount
{
    /// <summary>Returns true if it can be used.</summary>
    /// <exception cref="StoreException">It cannot be used, and nothing else can be mounted there.</exception>
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

    /// <summary>The owner of an archive; null if unknown, or if it is the overflow user, which may stand for anyone.</summary>
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

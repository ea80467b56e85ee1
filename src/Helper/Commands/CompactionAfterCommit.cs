using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>After a commit: has an archive compacted of which too much is dead, or says how.</summary>
internal static class CompactionAfterCommit
{
    private const string Variable = "CONDA_FUSE_COMPACT";

    /// <summary>Begins it, where it is worth it and somebody may.</summary>
    /// <param name="session">What this run was given.</param>
    /// <param name="archive">Path of the archive, which nobody has mounted.</param>
    /// <param name="mountPoint">Where it is mounted: that log takes what goes wrong later.</param>
    /// <returns>What a person should know; null if nothing.</returns>
    public static string? Begin(Session session, string archive, string mountPoint)
    {
        var setting = session.Variable(Variable) ?? "auto";
        if (setting != "auto")
        {
            return setting == "off" ? null : $"{Variable} is '{setting}', which is neither auto nor off: nothing is compacted by itself";
        }

        try
        {
            var image = CanonicalPath.Resolve(archive);
            if (CompactionNeed.Find(image, Environment.ProcessorCount) is not { } need)
            {
                return null;
            }

            var words = $"{Sizes.Human(need.Bytes)} of {image} are of no use to its newest {need.Kept} generations";
            var dropped = string.Join(", ", need.Dropped);
            if (!BackgroundCompaction.IsPossible(image) || (Identity.IsRoot && !Identity.IsInitialNamespace))
            {
                return $"{words}: 'condafuse compact {Path.GetFileNameWithoutExtension(image)} --keep {need.Kept}' gives them back, and with them generation {dropped}";
            }

            return new CompactionLauncher(Session.Program, session.EnvironmentBlock, session.Layout).Start(image, mountPoint)
                ? $"{words}: they are given back in the background, and with them generation {dropped} ({Variable}=off keeps everything)"
                : null;
        }
        catch (Exception failure) when (failure is TreeException or StoreException or PlatformException or IOException or UnauthorizedAccessException)
        {
            return $"{archive} could not be looked through for what is of no use any more: {failure.Message}";
        }
    }
}

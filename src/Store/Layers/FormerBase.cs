using CondaFuse.Images;
using CondaFuse.Platform;

namespace CondaFuse.Store.Layers;

/// <summary>The generation that changes build on, where their archive was committed to since: what is left of it, and what to do.</summary>
internal static class FormerBase
{
    /// <summary>What the archive says of that generation; null where it does not hold it any more.</summary>
    /// <param name="state">The archive.</param>
    /// <param name="generation">Its number.</param>
    internal static GenerationInfo? Find(ArchiveState state, long generation)
    {
        if (!ImageTree.HasGenerations(state.Image))
        {
            return null;
        }

        try
        {
            return GenerationInfo.Read(state.Image, generation);
        }
        catch (ImageException failure) when (failure.Fault == ImageFault.NoGeneration)
        {
            return null;
        }
    }

    /// <summary>The failure of whatever needs the changes as those of the archive's present generation.</summary>
    /// <param name="state">The archive.</param>
    /// <param name="generation">The one that they build on.</param>
    /// <param name="failure">What was found; null if nothing failed.</param>
    internal static StoreException Stale(ArchiveState state, long generation, Exception? failure = null)
    {
        var name = Path.GetFileNameWithoutExtension(state.Image);
        var facts = $"the changes in {state.Place.Folder} build on generation {generation} of {state.Image}, which is at generation "
            + $"{state.Version.Generation} now. They are kept: ";
        if (Find(state, generation) is not null)
        {
            return new StoreException(
                StoreFault.Stale,
                $"{facts}'condafuse rebase {name}' carries them over, 'condafuse commit {name} --to NEW' makes an archive of your own with them, "
                + $"'condafuse discard {name}' drops them",
                failure);
        }

        var why = ImageTree.HasGenerations(state.Image)
            ? "it was compacted, and does not hold that generation any more"
            : "a zip archive keeps its newest state only";
        return new StoreException(
            StoreFault.Stale,
            $"{facts}but {why}, so that nothing can carry them over. A mount that was there before goes on showing them, to be copied out of. With "
            + "a copy of the archive from that time in its "
                + $"place they can be mounted, and forked ('condafuse commit {name} --to NEW'); 'condafuse discard {name}' drops them",
            failure);
    }
}

/// <summary>An image as it is now, and where its changes are.</summary>
/// <param name="Image">Its canonical path.</param>
/// <param name="Version">Which archive, and which state of it.</param>
/// <param name="Place">Where its changes are, or would be.</param>
public sealed record ArchiveState(string Image, GenerationInfo Version, LayerLocation Place)
{
    /// <summary>Looks at an image.</summary>
    public static ArchiveState Read(Layout layout, string image)
    {
        var canonical = CanonicalPath.Resolve(image);
        var version = GenerationInfo.Read(canonical);
        return new ArchiveState(canonical, version, LayerLocation.Choose(layout, canonical, version));
    }
}

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
        var facts = $"the changes in {state.Place.Folder} build on generation {generation} of {state.Image}, which is now at generation "
            + $"{state.Version.Generation}; the changes are kept";
        if (Find(state, generation) is not null)
        {
            return new StoreException(
                StoreFault.Stale,
                facts,
                failure)
            {
                Hint = $"condafuse rebase {name} carries them over; 'condafuse commit {name} --to NEW' writes them to a new archive, "
                    + $"'condafuse discard {name}' removes them",
            };
        }

        var why = ImageTree.HasGenerations(state.Image)
            ? "the archive was compacted and no longer holds that generation"
            : "a zip archive holds only the current generation";
        return new StoreException(
            StoreFault.Stale,
            $"{facts}, but cannot be carried over: {why}",
            failure)
        {
            Hint = $"with a copy of the archive from that time in its place, 'condafuse commit {name} --to NEW' writes them to a new archive; "
                + $"'condafuse discard {name}' removes them",
        };
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

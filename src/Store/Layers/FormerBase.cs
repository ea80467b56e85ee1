using CondaFuse.Images;
using CondaFuse.Platform;

namespace CondaFuse.Store.Layers;

/// <summary>The generation that changes build on, if their archive was committed to meanwhile: whether it still exists, and what to do.</summary>
internal static class FormerBase
{
    /// <summary>The archive's record of that generation; null if the archive no longer holds it.</summary>
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

    /// <summary>The failure of an operation that needs the changes to build on the archive's current generation.</summary>
    /// <param name="state">The archive.</param>
    /// <param name="generation">The generation that they build on.</param>
    /// <param name="failure">The failure that was found; null if there was none.</param>
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
                Hint = $"condafuse rebase {ShellArgument.Of(name)} carries them over; "
                    + $"'condafuse commit {ShellArgument.Of(name)} --to NEW' writes them to a new archive, "
                    + $"'condafuse discard {ShellArgument.Of(name)}' removes them",
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
            Hint = $"with a copy of the archive from that time in its place, "
                + $"'condafuse commit {ShellArgument.Of(name)} --to NEW' writes them to a new archive; "
                + $"'condafuse discard {ShellArgument.Of(name)}' removes them",
        };
    }
}

/// <summary>The current state of an image, and the location of its changes.</summary>
/// <param name="Image">Its canonical path.</param>
/// <param name="Version">Its identity and generation.</param>
/// <param name="Place">The location of its changes, whether they exist or not.</param>
public sealed record ArchiveState(string Image, GenerationInfo Version, LayerLocation Place)
{
    /// <summary>Reads the state of an image.</summary>
    public static ArchiveState Read(Layout layout, string image)
    {
        var canonical = CanonicalPath.Resolve(image);
        var version = GenerationInfo.Read(canonical);
        return new ArchiveState(canonical, version, LayerLocation.Choose(layout, canonical, version));
    }
}

using CondaFuse.Changes;
using CondaFuse.Tree;

namespace CondaFuse.Store.Layers;

/// <summary>Finds the archive that changes belong to if it has another name.</summary>
internal static class RenamedArchive
{
    /// <summary>
    /// The archives in a folder that match the identity and generation in the journal. Copies of an archive share both, so there may be several.
    /// </summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="folder">The folder to search.</param>
    /// <param name="changes">The folder of the changes.</param>
    /// <param name="clock">The clock, for reading them.</param>
    public static IReadOnlyList<ArchiveState> Find(Layout layout, string folder, string changes, TimeProvider clock) =>
        !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder)
                .Where(file => ArchiveFormats.All.Any(format => file.EndsWith(format.Extension(), StringComparison.Ordinal)))
                .Select(file => TryRead(layout, file)).OfType<ArchiveState>()
                .DistinctBy(state => state.Image)
                .Where(state => Fits(state, changes, clock))];

    private static ArchiveState? TryRead(Layout layout, string file)
    {
        try
        {
            return ArchiveState.Read(layout, file);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Fits(ArchiveState state, string changes, TimeProvider clock)
    {
        try
        {
            using var opened = KeptChanges.OpenOn(
                state.Version, state with { Place = state.Place with { Folder = changes } }, clock, _ => { },
                () => throw new TreeException(TreeFailure.ReadOnly, $"{changes} was opened to be read"));
            return opened.Summary.Changes > 0;
        }
        catch (Exception failure) when (failure is ChangesException or TreeException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Packing;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Shows environments at the prefix where they are mounted (docs/decisions/0021-relocation-at-mount.md).</summary>
/// <param name="layout">Where lists of prefixes are kept.</param>
/// <param name="note">Takes what a person should know.</param>
internal sealed class PrefixView(Layout layout, Action<string> note)
{
    private const int MaxLists = 128;
    private const int NamedFiles = 3;

    /// <summary>Shows a tree at a prefix.</summary>
    /// <param name="tree">The tree; it belongs to the view that is returned.</param>
    /// <param name="version">Which generation of which archive it is; null for one with changes, whose list is not kept.</param>
    /// <param name="prefix">The prefix, as the user writes it.</param>
    /// <returns>The tree itself, where it has that prefix already, or where no environment or no prefix is found in it.</returns>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public INumberedTree Show(INumberedTree tree, GenerationInfo? version, string prefix)
    {
        var top = PrefixLocator.Locate(tree, Path.GetFileName(prefix));
        if (PrefixDiscovery.Peek(tree, top) == prefix)
        {
            return tree;
        }

        var view = new RelocatedTree(tree, Find(tree, version, top), prefix);
        if (view.Unchanged.Count > 0)
        {
            note(
                $"{prefix} is too long for {Files(view.Unchanged)}, which keep the prefix that the environment was created with: mount it at a "
                + "shorter path if you need them");
        }

        return view.IsSame ? tree : view;
    }

    private static string Files(IReadOnlyList<string> paths)
    {
        var named = string.Join(", ", paths.Take(NamedFiles).Select(PrintableText.Of));
        return paths.Count > NamedFiles ? $"{named} and {paths.Count - NamedFiles} more" : named;
    }

    private PrefixTable Find(INumberedTree tree, GenerationInfo? version, string top)
    {
        if (version is null)
        {
            return PrefixDiscovery.Find(tree, top);
        }

        var path = layout.PrefixListFile(version);
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length <= PrefixTableFormat.LongestFile && PrefixTableFormat.TryParse(File.ReadAllBytes(path)) is { } known)
            {
                return known;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is made again.
        }

        var table = PrefixDiscovery.Find(tree, top);
        try
        {
            CacheFile.Write(path, PrefixTableFormat.Format(table), MaxLists);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            note($"the list of files that contain the prefix cannot be kept, and is made again at every mount: {failure.Message}");
        }

        return table;
    }
}

/// <summary>Changes beside an archive that were made at another prefix than the one where it is mounted now.</summary>
internal static class PendingAtOtherPrefix
{
    /// <summary>Carries them over to this prefix if that is possible, and shows them at it in any case.</summary>
    /// <param name="tree">The archive with its changes.</param>
    /// <param name="view">Shows trees at prefixes.</param>
    /// <param name="prefix">The prefix where it is mounted.</param>
    /// <param name="isReadOnly">Whether nothing is to be changed.</param>
    /// <param name="note">Takes what a person should know.</param>
    /// <returns>The tree, or a view of it that cannot be changed.</returns>
    public static INumberedTree Show(ChangedTree tree, PrefixView view, string prefix, bool isReadOnly, Action<string> note)
    {
        var shown = view.Show(tree, version: null, prefix);
        if (isReadOnly || shown is not IViewTree moved)
        {
            return shown;
        }

        try
        {
            tree.Adopt(moved);
            return tree;
        }
        catch (TreeException failure)
        {
            note(
                $"mounted read-only: uncommitted changes were made at another prefix, and cannot be carried over to {prefix} now: {failure.Message}");
            return shown;
        }
    }
}

using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Packing;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Shows environments at the prefix where they are mounted (docs/decisions/0021-relocation-at-mount.md).</summary>
/// <param name="layout">The paths of files and folders, for prefix lists.</param>
/// <param name="note">Receives notes for the user.</param>
internal sealed class PrefixView(Layout layout, Action<string> note)
{
    private const int MaxLists = 128;
    private const int NamedFiles = 3;

    /// <summary>Shows a tree at a prefix.</summary>
    /// <param name="tree">The tree, owned by the returned view.</param>
    /// <param name="version">The archive's identity and generation; null for a tree with changes, whose list is not saved but
    /// derived from that of the image.</param>
    /// <param name="prefix">The prefix, as the user writes it.</param>
    /// <param name="name">The archive's name; null if the prefix ends with it, or with the directory inside the archive.</param>
    /// <returns>The tree itself if it has that prefix already, or if no environment or prefix is found in it.</returns>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public INumberedTree Show(INumberedTree tree, ListedGeneration? version, string prefix, string? name = null) =>
        ShowAt(tree, version, PrefixLocator.Locate(tree, name ?? Path.GetFileName(prefix)), prefix);

    private INumberedTree ShowAt(INumberedTree tree, ListedGeneration? version, string top, string prefix)
    {
        if (IsAt(tree, version, top, prefix))
        {
            return tree;
        }

        var view = new RelocatedTree(tree, Find(tree, version, top, prefix), prefix);
        if (view.Unchanged.Count > 0)
        {
            note(
                $"no room for the prefix {prefix} in {Files(view.Unchanged)}: they still contain the former prefix; choose a shorter path if "
                + "you need them");
        }

        return view.IsSame ? tree : view;
    }

    /// <summary>Paths, below the prefix, of files that have no room for a prefix.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="version">The archive's identity and generation.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="name">The archive's name.</param>
    /// <param name="mayScan">Whether the environment is scanned if there is no saved list; else nothing is found then.</param>
    public IReadOnlyList<string> WithoutRoom(INumberedTree tree, ListedGeneration version, string prefix, string name, bool mayScan)
    {
        var top = PrefixLocator.Locate(tree, name);
        if (IsAt(tree, version, top, prefix))
        {
            return [];
        }

        var table = mayScan ? Find(tree, version, top, prefix) : StoredPrefixes.Read(tree, top) ?? Listed(tree, version);
        return table is null ? [] : new RelocatedTree(tree, table, prefix).Unchanged;
    }

    /// <summary>The prefix of an environment; null if there is none, or it is unknown.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="version">The archive's identity and generation.</param>
    /// <param name="name">The archive's name.</param>
    public string? PrefixOf(INumberedTree tree, ListedGeneration version, string name)
    {
        var top = PrefixLocator.Locate(tree, name);
        return StoredPrefixes.Prefixes(tree, top) is [var stored, ..]
            ? stored
            : PrefixDiscovery.Peek(tree, top, IsUniform(version))
            ?? (Find(tree, version, top, likely: null).Prefixes is [var first, ..] ? Encoding.UTF8.GetString(first.Span) : null);
    }

    /// <summary>Shows an earlier state of an environment at the prefix of a later one, so that the prefix alone causes no differences.</summary>
    /// <param name="before">The earlier state.</param>
    /// <param name="version">The archive's identity and generation of the earlier state.</param>
    /// <param name="after">The later state.</param>
    /// <param name="name">The archive's name.</param>
    public INumberedTree ShowAlike(INumberedTree before, ListedGeneration version, INumberedTree after, string name)
    {
        // If the prefix changed, the later state has a marker file.
        var top = PrefixLocator.Locate(after, name);
        var mark = PrefixDiscovery.Mark(after, top);
        return mark is null || mark == PrefixDiscovery.Mark(before, PrefixLocator.Locate(before, name)) ? before : ShowAt(before, version, top, mark);
    }

    /// <summary>Whether a path is that of the file that records an environment's prefix.</summary>
    public static bool IsMark(ReadOnlySpan<byte> path) => path.EndsWith("conda-meta/condafuse-prefix"u8);

    /// <summary>Whether an environment has a prefix, as far as little of it shows.</summary>
    private static bool IsAt(INumberedTree tree, ListedGeneration? version, string top, string prefix) =>
        StoredPrefixes.Prefixes(tree, top) is { } stored
            ? stored is [var only] && only == prefix
            : PrefixDiscovery.Peek(tree, top, IsUniform(version)) == prefix;

    /// <summary>An image's first generation was written at once, as was another tool's image.</summary>
    private static bool IsUniform(ListedGeneration? version) => version is { Version.Generation: <= 1 };

    private static string Files(IReadOnlyList<string> paths)
    {
        var named = string.Join(", ", paths.Take(NamedFiles).Select(PrintableText.Of));
        return paths.Count > NamedFiles ? $"{named} and {paths.Count - NamedFiles} more" : named;
    }

    /// <summary>Whether a saved list belongs to this tree, judging by the kinds and lengths of the listed entries.</summary>
    private static bool Fits(INumberedTree tree, PrefixTable known) =>
        known.Entries.All(entry => Is(tree, entry.Inode, entry.Kind, entry.Size))
        && known.Digests.All(record => Is(tree, record.Inode, EntryKind.File, record.Size));

    private static bool Is(INumberedTree tree, ulong inode, EntryKind kind, long size) =>
        tree.TryFindInode(inode, out var node) && tree.GetAttributes(node) is var now && (now.Kind, now.Size) == (kind, size);

    /// <summary>The saved list of a tree; null if there is none.</summary>
    private PrefixTable? Listed(INumberedTree tree, ListedGeneration version) =>
        CacheFile.TryRead(layout.PrefixListFile(version.Version), PrefixTableFormat.LongestFile) is { } list
        && PrefixTableFormat.TryParse(list) is { } known
        && Fits(tree, known)
        && version.IsStill()
            ? known
            : null;

    /// <summary>The table of an image with changes, from that of the image; null if everything must be searched.</summary>
    private static PrefixTable? Changed(INumberedTree tree, string top) =>
        tree is ILayeredTree layered && StoredPrefixes.Read(layered.Base, top) is { } stored ? PrefixDiscovery.Update(layered, top, stored) : null;

    private PrefixTable Find(INumberedTree tree, ListedGeneration? version, string top, string? likely)
    {
        if (version is null || PrefixDiscovery.Metadata(tree, top) is null)
        {
            return Changed(tree, top) ?? PrefixDiscovery.Find(tree, top, likely);
        }

        if (StoredPrefixes.Read(tree, top) is { } stored)
        {
            return stored;
        }

        if (Listed(tree, version) is { } known)
        {
            return known;
        }

        var table = PrefixDiscovery.Find(tree, top, likely);
        if (!version.IsStill() || !PrefixTableFormat.IsWithinLimits(table))
        {
            return table; // it may be of a generation that was committed since
        }

        try
        {
            CacheFile.Write(layout.PrefixListFile(version.Version), PrefixTableFormat.Format(table), MaxLists);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            note($"the list of files that contain the prefix cannot be kept, and is made again at every mount: {failure.Message}");
        }

        return table;
    }
}

/// <summary>Which generation a tree shows, so that the list of its prefixes is kept under the right name.</summary>
/// <param name="Version">What the archive said before the tree was opened.</param>
/// <param name="ReadAgain">What it says of that generation, or of what it shows, now.</param>
internal sealed record ListedGeneration(GenerationInfo Version, Func<GenerationInfo> ReadAgain)
{
    /// <summary>What an archive shows.</summary>
    public static ListedGeneration Present(string image, GenerationInfo version) => new(version, () => GenerationInfo.Read(image));

    /// <summary>A generation that is opened by its number.</summary>
    public static ListedGeneration Past(string image, GenerationInfo version) => new(version, () => GenerationInfo.Read(image, version.Generation));

    /// <summary>Whether there was no commit and no compaction since that was read. Otherwise the tree may be of another generation.</summary>
    public bool IsStill()
    {
        try
        {
            return ReadAgain() is var now && now == Version && now.Stamp == Version.Stamp;
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>Changes beside an archive that were made at another prefix than the current one.</summary>
internal static class PendingAtOtherPrefix
{
    /// <summary>Moves them to this prefix if possible, and shows them at it in any case.</summary>
    /// <param name="tree">The archive with its changes.</param>
    /// <param name="view">Shows trees at prefixes.</param>
    /// <param name="prefix">The prefix of the mount.</param>
    /// <param name="isReadOnly">Whether nothing may be changed.</param>
    /// <param name="note">Receives notes for the user.</param>
    /// <returns>The tree, or a read-only view of it.</returns>
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

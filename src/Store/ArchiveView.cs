using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Opens archives for a mount at its prefix, without the changes beside them.</summary>
public static class ArchiveView
{
    /// <summary>Opens an archive.</summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="plan">The archive, the generation and the prefix.</param>
    /// <param name="note">Receives notes for the user.</param>
    /// <exception cref="ImageException">It is damaged, or no longer holds the generation.</exception>
    public static IReadableTree Open(Layout layout, MountPlan plan, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var version = plan.Generation is { } number
            ? ListedGeneration.Past(plan.Archive, GenerationInfo.Read(plan.Archive, number))
            : ListedGeneration.Present(plan.Archive, GenerationInfo.Read(plan.Archive));
        INumberedTree tree = plan.Generation is { } past ? SquashFsTree.Open(plan.Archive, past) : ImageTree.Open(plan.Archive);
        try
        {
            return new PrefixView(layout, note).Show(tree, version, plan.Prefix);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Paths, below the prefix, of binaries that have no room for the prefix of an environment: where it is mounted, or else where it would be. What
    /// was never mounted at another prefix than its own is not scanned for that.
    /// </summary>
    /// <param name="layout">All paths.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <returns>The prefix, and the files.</returns>
    public static (string Prefix, IReadOnlyList<string> Files) WithoutRoom(Layout layout, EnvironmentStatus environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var version = ListedGeneration.Present(environment.Archive, GenerationInfo.Read(environment.Archive));
        using var tree = ImageTree.Open(environment.Archive);
        var name = Path.GetFileNameWithoutExtension(environment.Archive);
        var usual = Path.Combine(layout.MountPointOf(environment.Archive), PrefixLocator.Locate(tree, name));
        var mounted = environment.Mount?.Record?.Prefix;
        var prefix = mounted ?? Path.TrimEndingDirectorySeparator(usual);
        return (prefix, new PrefixView(layout, _ => { }).WithoutRoom(tree, version, prefix, name, mayScan: mounted is not null));
    }

    /// <summary>The prefix that an archive says it has; null if it does not say so.</summary>
    /// <param name="archive">The archive.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    public static string? RecordedPrefix(Archive archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        using var tree = ImageTree.Open(archive.Path);
        return StoredPrefixes.Prefixes(tree, PrefixLocator.Locate(tree, archive.Name.Value)) is [var first, ..] ? first : null;
    }

    /// <summary>Opens an archive to extract it into a directory: its environment gets its prefix there.</summary>
    /// <param name="layout">All paths.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="directory">The directory, as the user writes it.</param>
    /// <param name="note">Receives notes for the user.</param>
    /// <returns>The tree, and the prefix if it has another one in the archive; else null.</returns>
    /// <exception cref="ImageException">It is damaged.</exception>
    public static (IReadableTree Tree, string? Prefix) OpenInto(Layout layout, Archive archive, string directory, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var version = ListedGeneration.Present(archive.Path, GenerationInfo.Read(archive.Path));
        var tree = ImageTree.Open(archive.Path);
        try
        {
            var top = PrefixLocator.Locate(tree, archive.Name.Value);
            var prefix = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(directory, top)));
            var shown = new PrefixView(layout, note).Show(tree, version, prefix, archive.Name.Value);
            return (shown, shown is IViewTree ? prefix : null);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }
}

using System.Text;
using CondaFuse.Images;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.Metadata;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>Finds the prefix that an environment in a tree was written for, and every file and symlink that contains it.</summary>
public static class PrefixDiscovery
{
    private const int MaxFormer = 8;

    /// <summary>
    /// The environment's prefix as far as a few reads show it: from its <see cref="PrefixMark"/>, or else from the first lines of its scripts. Null
    /// if that is not enough, for example if placeholders may be left in it.
    /// </summary>
    /// <param name="tree">The tree.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <param name="isUniform">Whether it was written at once, so that a few scripts are enough. Otherwise all must agree: another version of this
    /// program may have changed it at another prefix.</param>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static string? Peek(IReadableTree tree, string top, bool isUniform = false)
    {
        var environment = EnvironmentTree.TryOpen(tree, top);
        return environment is null || environment.Has(UnpackList.Path)
            ? null
            : PrefixEvidence.Mark(environment) ?? PrefixEvidence.Shebang(environment, isUniform);
    }

    /// <summary>The inode number of an environment's <c>conda-meta</c>, and whether that has a <see cref="PrefixMark"/>.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <returns>Null if there is no environment.</returns>
    public static (ulong Inode, bool HasMark)? Metadata(IReadableTree tree, string top) =>
        EnvironmentTree.TryOpen(tree, top) is { } environment ? (environment.MetadataInode, environment.Has(MarkPath)) : null;

    /// <summary>The prefix table of an environment, for the image that is made of its tree.</summary>
    /// <param name="tree">The tree; it must not change until the image is written.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <param name="name">The environment's directory in the image, if that is not <paramref name="top"/>.</param>
    /// <param name="likely">A prefix to try first; null if there is none.</param>
    public static PrefixTableMaker TableOf(IReadableTree tree, string top, string? name = null, string? likely = null) =>
        Maker(cancellation => Find(tree, top, (Known: null, likely), IsCandidate, cancellation, name));

    /// <summary>The prefix table of an environment that was changed.</summary>
    /// <param name="tree">The tree; it must not change until the image is written.</param>
    /// <param name="top">The environment's directory in the tree and in the one below; empty if it is the root.</param>
    /// <param name="before">The table of the tree below.</param>
    /// <param name="changed">Paths, from the tree's root, of files whose content was changed in place.</param>
    public static PrefixTableMaker UpdatedTable(ILayeredTree tree, string top, PrefixTable before, IReadOnlyList<string> changed) =>
        Maker(cancellation => Update(tree, top, before, changed, cancellation) ?? Find(tree, top, cancellation: cancellation));

    /// <summary>Brings a table up to date with changes: searches only what they affect.</summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="top">The environment's directory in the tree and in the one below; empty if it is the root.</param>
    /// <param name="before">The table of the tree below.</param>
    /// <param name="changed">Paths, from the tree's root, of files whose content was changed in place; null if unknown: then all directories are
    /// read.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>What <see cref="Find(IReadableTree, string, string?, CancellationToken)"/> finds; null if the changes may affect any file.</returns>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PrefixTable? Update(
        ILayeredTree tree, string top, PrefixTable before, IReadOnlyList<string>? changed = null, CancellationToken cancellation = default) =>
        PrefixUpdate.TryRun(tree, top, before, changed, cancellation);

    private static PrefixTableMaker Maker(Func<CancellationToken, PrefixTable> make) =>
        (numberOf, cancellation) =>
        {
            try
            {
                var table = make(cancellation).Renumbered(numberOf);
                return table.Metadata > 0 && PrefixTableFormat.IsWithinLimits(table) ? PrefixTableFormat.Format(table) : null;
            }
            catch (TreeException)
            {
                return null; // an image is complete without its table: what can be read is found at a mount
            }
        };

    /// <summary>Scans the environment.</summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <param name="likely">A prefix to try first; null if there is none.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>An empty table if there is no environment, or its prefix is unknown.</returns>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PrefixTable Find(IReadableTree tree, string top, string? likely = null, CancellationToken cancellation = default) =>
        Find(tree, top, (Known: null, likely), IsCandidate, cancellation);

    /// <summary>Also scans every text file that conda did not install: its author may have written the prefix there.</summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <param name="given">A prefix that it may have besides the one that it was written for.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PrefixTable FindEverywhere(IReadableTree tree, string top, string given, CancellationToken cancellation = default) => Find(
        tree, top, (given, given),
        (path, records, listed) => IsCandidate(path, records, listed)
            || (!CondaRecords.IsRecord(path) && path != CondaRecords.History && !records.Files.ContainsKey(path)),
        cancellation);

    /// <summary>Scans only some files, for paths that were used in place of the prefix, such as that of a symlink to it.</summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <param name="spellings">The paths.</param>
    /// <param name="inodes">The numbers of the files.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PrefixTable FindSpellings(
        IReadableTree tree, string top, IReadOnlyList<string> spellings, IReadOnlyCollection<ulong> inodes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(spellings);
        if (EnvironmentTree.TryOpen(tree, top) is not { } environment)
        {
            return PrefixTable.Empty;
        }

        var (records, wanted, none) = (environment.ReadRecords(), inodes.ToHashSet(), new Dictionary<string, PrefixRecord>(StringComparer.Ordinal));
        var scan = new PrefixScan(environment, [.. spellings.Select(Encoding.UTF8.GetBytes)]);
        foreach (var found in environment.Walk(path => IsCandidate(path, records, none), cancellation)
            .Where(found => wanted.Contains(found.Entry.Inode)))
        {
            scan.Look(found, records.Files.GetValueOrDefault(found.Path), listed: null);
        }

        return scan.Finish(records, metadata: 0, hasMark: true);
    }

    private static PrefixTable Find(
        IReadableTree tree, string top, (string? Known, string? Likely) given,
        Func<string, CondaRecords, IReadOnlyDictionary<string, PrefixRecord>, bool> isWanted, CancellationToken cancellation,
        string? name = null)
    {
        if (EnvironmentTree.TryOpen(tree, top, name) is not { } environment)
        {
            return PrefixTable.Empty;
        }

        var records = environment.ReadRecords();
        var listed = UnpackList.Read(environment);
        var prefixes = PrefixesOf(environment, records, given);
        var scan = new PrefixScan(environment, prefixes);
        foreach (var found in environment.Walk(path => isWanted(path, records, listed), cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            scan.Look(found, records.Files.GetValueOrDefault(found.Path), listed.GetValueOrDefault(found.Path));
        }

        return scan.Finish(records, environment.MetadataInode, environment.Has(MarkPath));
    }

    /// <summary>The prefix in the environment's <see cref="PrefixMark"/>; null if it has none.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static string? Mark(IReadableTree tree, string top) =>
        EnvironmentTree.TryOpen(tree, top) is { } environment ? PrefixEvidence.Mark(environment) : null;

    internal static string MarkPath => $"{CondaRecords.DirectoryName}/{Encoding.UTF8.GetString(PrefixMark.Name)}";

    /// <summary>The environment's prefix, followed by others that its files may contain.</summary>
    internal static List<byte[]> PrefixesOf(EnvironmentTree environment, CondaRecords records, (string? Known, string? Likely) given)
    {
        var search = new PrefixSearch(records, environment.Describe, environment.Read);
        var (mark, shebangs) = (PrefixEvidence.Mark(environment), PrefixEvidence.Shebangs(environment));
        var shebang = shebangs is [var first, ..] ? first : null;
        var proven = new[] { mark, shebang, given.Likely }.OfType<string>().FirstOrDefault(search.Proves) ?? search.FindProven();
        var isKnown = mark is not null || proven is not null;

        // If conda's checksums or the marker file show the prefix, scripts that name another environment do so on purpose,
        // unless it was a former prefix.
        var former = shebangs.Where(prefix => prefix != mark && prefix != proven).Take(MaxFormer)
            .Where(prefix => Path.GetFileName(prefix) == environment.Name || search.ProvesAnywhere(prefix));
        string?[] found = [mark, proven, isKnown ? null : shebang, given.Known, .. former];
        return [.. found.OfType<string>().Where(PrefixEvidence.IsOwn).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>
    /// Whether a file may contain the prefix: according to conda's records or <c>conda-unpack</c>'s list, or because installers write it there.
    /// </summary>
    internal static bool IsCandidate(string path, CondaRecords records, IReadOnlyDictionary<string, PrefixRecord> listed)
    {
        if (listed.ContainsKey(path))
        {
            return true;
        }

        return records.Files.TryGetValue(path, out var managed) && managed.Mode != PrefixMode.Unknown
            ? managed.Mode != PrefixMode.None || IsProgram(path)
            : IsSearchedByName(path);
    }

    /// <summary>Whether a file is searched without a record: a program, or a file that installers write.</summary>
    internal static bool IsSearchedByName(string path) => IsProgram(path) || IsWrittenByInstallers(path);

    private static bool IsProgram(string path) => path.StartsWith("bin/", StringComparison.Ordinal);

    private static bool IsWrittenByInstallers(string path) =>
        path.StartsWith("etc/", StringComparison.Ordinal)
        || path.StartsWith("share/jupyter/", StringComparison.Ordinal)
        || path == MarkPath
        || Path.GetFileName(path) is "direct_url.json" or "pyvenv.cfg"
        || Path.GetExtension(path) is ".pth" or ".egg-link" or ".pc" or ".la" or ".cmake";
}

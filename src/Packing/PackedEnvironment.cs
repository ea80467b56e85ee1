using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>An environment to pack.</summary>
/// <param name="Tree">A view of it, which reads from the source and rewrites content on the fly.</param>
/// <param name="Warnings">How it differs from what conda installed, one sentence each.</param>
public sealed record PackedEnvironment(IReadableTree Tree, IReadOnlyList<string> Warnings)
{
    /// <summary>Scans an environment and decides how to pack each file.</summary>
    /// <param name="source">The environment; it must not change until it is packed.</param>
    /// <param name="settings">Which parts to pack, and for which destination.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="PackingException">It is not an environment, or has problems.</exception>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PackedEnvironment Of(IReadableTree source, EnvironmentSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(settings);
        if (!source.TryLookup(NodeId.Root, "conda-meta"u8, out var metadata) || metadata.Kind != EntryKind.Directory)
        {
            throw new PackingException(
                PackingFault.NotAnEnvironment, $"{settings.Prefix} is not a conda environment: it has no {CondaRecords.DirectoryName}");
        }

        var files = SourceFiles.Of(source, cancellation);
        var records = CondaRecords.Of(files);
        var (prefixes, isUnknown) = new PrefixSearch(files, records).Find(settings.Prefix);
        if (!settings.AllowEditable
            && records.SitePackages is { } sitePackages
            && EditablePackages.Find(files, sitePackages, prefixes) is { Count: > 0 } editable)
        {
            throw new PackingException(PackingFault.EditablePackages, FindingMessages.Editable(editable));
        }

        var selection = new FileSelection(records, settings.Filters);
        if (!settings.AllowMissing && selection.Missing(files) is { Count: > 0 } missing)
        {
            throw new PackingException(PackingFault.MissingFiles, FindingMessages.Missing(missing));
        }

        var stored = files.ByPath.Values.Where(file => file.Attributes.Inode != VirtualEntry.Number);
        IReadOnlyList<SourceFile> selected = [.. stored.Where(selection.Takes)];
        var copies = settings.CopiesLinks ? new LinkCopies(files, settings.Prefix, prefixes, takesFilters: true) : null;
        selected = copies?.Replace(selected) ?? selected;
        var plans = Plan(selected, new PackedContentPlanner(files, records, prefixes, settings.Destination), settings.Threads, cancellation);
        var tree = new PackedTreeBuilder(files, prefixes);
        foreach (var file in selected)
        {
            var plan = plans.GetValueOrDefault(file.Path);
            tree.Add(file, plan.Content, mayLink: !plan.IsOverwritten && records.Files.ContainsKey(file.Path));
        }

        var unpacked = plans.Values.Select(plan => plan.Record)
            .OfType<PrefixRecord>()
            .OrderBy(record => record.Path, StringComparer.Ordinal)
            .ToList();
        var variables = EnvironmentVariables.Format(EnvironmentVariables.Of(files));
        var scripts = PackedScripts.For(unpacked, hasDestination: settings.Destination is not null, hasConda: records.Has("conda"), variables);
        foreach (var script in scripts)
        {
            tree.Put(script);
        }

        var overwritten = selected.Where(file => plans.GetValueOrDefault(file.Path).IsOverwritten)
            .Select(file => records.Files[file.Origin])
            .Distinct()
            .ToList();
        string?[] warnings =
            [isUnknown ? FindingMessages.UnknownPrefix(settings.Prefix) : null, FindingMessages.Overwritten(overwritten), copies?.Warning];
        return new PackedEnvironment(new PackedTree(source, tree.Root), [.. warnings.OfType<string>()]);
    }

    /// <summary>Plans regular files, by path; unmodified files may be left out.</summary>
    internal static ConcurrentDictionary<string, PlannedContent> Plan(
        IReadOnlyList<SourceFile> files, PackedContentPlanner planner, int threads, CancellationToken cancellation)
    {
        var plans = new ConcurrentDictionary<string, PlannedContent>(StringComparer.Ordinal);
        var regular = files.Where(file => file is { Attributes.Kind: EntryKind.File, Outside: null });
        try
        {
            Parallel.ForEach(regular, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, file =>
            {
                var plan = planner.Plan(file);
                if (plan != default)
                {
                    plans[file.Path] = plan;
                }
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerException!);
        }

        return plans;
    }
}

/// <summary>Which parts of an environment to pack, and for which destination.</summary>
public sealed record EnvironmentSettings
{
    /// <summary>The environment's prefix: the absolute path that conda wrote into its files.</summary>
    public required string Prefix { get; init; }

    /// <summary>The prefix at the destination; null for any prefix, which <c>conda-unpack</c> sets.</summary>
    public string? Destination { get; init; }

    /// <summary>Which files to exclude and include again, in this order.</summary>
    public IReadOnlyList<FileFilter> Filters { get; init; } = [];

    /// <summary>Whether editable packages are allowed.</summary>
    public bool AllowEditable { get; init; }

    /// <summary>Whether files managed by conda may be missing.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>Whether to replace symlinks by copies of their targets, for archives whose readers may not support symlinks.</summary>
    public bool CopiesLinks { get; init; }

    /// <summary>Threads that scan files.</summary>
    public required int Threads { get; init; }
}

/// <summary>The problems of an environment and their remedies, as text of several lines. Names from the environment are escaped.</summary>
internal static class FindingMessages
{
    private const int NamedFiles = 5;

    public static string Editable(IReadOnlyList<string> packages) =>
        $"packages are links to sources outside the environment (pip install -e):\n{Lines(packages.Select(PrintableText.Of))}\n"
        + "hint: install them without -e, or leave them out with --ignore-editable-packages";

    public static string Missing(IReadOnlyList<ManagedFile> files) =>
        $"files that conda installed are missing:\n{ByPackage(files)}\n"
        + "hint: conda install --force-reinstall PACKAGE restores them; --ignore-missing-files packs without them";

    public static string? Overwritten(IReadOnlyList<ManagedFile> files) =>
        files.Count == 0
            ? null
            : $"files that conda installed were overwritten; they are packed as they are:\n{ByPackage(files)}\n"
              + "hint: conda install --force-reinstall PACKAGE restores them";

    public static string UnknownPrefix(string prefix) =>
        $"the files here contain another, unknown prefix than {PrintableText.Of(prefix)}: it stays in them, and programs that need it will "
        + "not work elsewhere";

    public static string LinksWithoutCopies(IReadOnlyList<string> links, bool takesFilters) =>
        $"these symlinks cannot be replaced by copies of their targets:\n{Lines(links.Select(PrintableText.Of))}\n"
        + $"hint: --zip-symlinks stores symlinks; or {(takesFilters ? "exclude them with --exclude" : "remove or correct them")}, or "
        + $"choose another format";

    public static string CopiedFromOutside(IReadOnlyDictionary<string, string> targets) =>
        "these symlinks point outside of it; the archive has copies of the files there:\n"
        + Lines(targets.Select(link => PrintableText.Of($"{link.Key} -> {link.Value}")));

    private static string ByPackage(IReadOnlyList<ManagedFile> files) =>
        Lines(files.GroupBy(file => file.Package, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
        {
            var paths = group.Select(file => file.Path).Order(StringComparer.Ordinal).ToList();
            var named = paths.Count > NamedFiles ? [.. paths.Take(NamedFiles - 1), $"and {paths.Count - NamedFiles + 1} more"] : paths;
            return $"{PrintableText.Of(group.Key)}:{string.Concat(named.Select(path => $"\n      {PrintableText.Of(path)}"))}";
        }));

    private static string Lines(IEnumerable<string> items) => string.Join('\n', items.Select(item => $"  - {item}"));
}

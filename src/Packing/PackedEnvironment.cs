using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>An environment as it is packed.</summary>
/// <param name="Tree">A view of it: what is read is read from the source, and rewritten on the way.</param>
/// <param name="Warnings">What is not as conda installed it, one sentence each.</param>
public sealed record PackedEnvironment(IReadableTree Tree, IReadOnlyList<string> Warnings)
{
    /// <summary>Looks an environment through and decides what becomes of each file.</summary>
    /// <param name="source">The environment; it must not change until it is packed.</param>
    /// <param name="terms">What of it, and for where.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="PackingException">It is no environment, or not in order.</exception>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static PackedEnvironment Of(IReadableTree source, EnvironmentTerms terms, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(terms);
        if (!source.TryLookup(NodeId.Root, "conda-meta"u8, out var metadata) || metadata.Kind != EntryKind.Directory)
        {
            throw new PackingException(PackingFault.NotAnEnvironment, $"{terms.Prefix} is no conda environment: it has no {CondaRecords.DirectoryName}");
        }

        var files = SourceFiles.Of(source, cancellation);
        var records = CondaRecords.Of(files);
        var (prefixes, isUnknown) = new PrefixSearch(files, records).Find(terms.Prefix);
        if (!terms.AllowEditable && records.SitePackages is { } sitePackages && EditablePackages.Find(files, sitePackages, prefixes) is { Count: > 0 } editable)
        {
            throw new PackingException(PackingFault.EditablePackages, FindingWords.Editable(editable));
        }

        var selection = new FileSelection(records, terms.Filters);
        if (!terms.AllowMissing && selection.Missing(files) is { Count: > 0 } missing)
        {
            throw new PackingException(PackingFault.MissingFiles, FindingWords.Missing(missing));
        }

        IReadOnlyList<SourceFile> selected = [.. files.ByPath.Values.Where(selection.Takes)];
        selected = terms.CopiesLinks ? new LinkCopies(files, prefixes, takesFilters: true).Replace(selected) : selected;
        var plans = Plan(selected, new ContentPlanner(files, records, prefixes, terms.Destination), terms.Threads, cancellation);
        var tree = new TreeBuilder(files, prefixes);
        foreach (var file in selected)
        {
            var plan = plans.GetValueOrDefault(file.Path);
            tree.Add(file, plan.Content, mayLink: !plan.IsOverwritten && records.Files.ContainsKey(file.Path));
        }

        var unpacked = plans.Values.Select(plan => plan.Record).OfType<PrefixRecord>().OrderBy(record => record.Path, StringComparer.Ordinal).ToList();
        var variables = EnvironmentVariables.Format(EnvironmentVariables.Of(files));
        foreach (var script in PackedScripts.For(unpacked, hasDestination: terms.Destination is not null, hasConda: records.Has("conda"), variables))
        {
            tree.Put(script);
        }

        var overwritten = selected.Where(file => plans.GetValueOrDefault(file.Path).IsOverwritten).Select(file => records.Files[file.Origin]).Distinct().ToList();
        string?[] warnings = [isUnknown ? FindingWords.UnknownPrefix(terms.Prefix) : null, FindingWords.Overwritten(overwritten)];
        return new PackedEnvironment(new PackedTree(source, tree.Root), [.. warnings.OfType<string>()]);
    }

    /// <summary>Plans regular files, by path; what stays as it is may be left out.</summary>
    internal static ConcurrentDictionary<string, PlannedContent> Plan(IReadOnlyList<SourceFile> files, ContentPlanner planner, int threads, CancellationToken cancellation)
    {
        var plans = new ConcurrentDictionary<string, PlannedContent>(StringComparer.Ordinal);
        var regular = files.Where(file => file.Attributes.Kind == EntryKind.File);
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

using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Metadata;

/// <summary>
/// The metadata of conda and pip in an environment: paths of <c>conda-meta/*.json</c>, and of the <c>*.dist-info</c> of its Pythons.
/// </summary>
public sealed class PackageListing
{
    private const string Metadata = "conda-meta";
    private const string Libraries = "lib";
    private const string Python = "python";
    private const string SitePackages = "site-packages";

    private readonly Dictionary<string, EntryKind> _paths = new(StringComparer.Ordinal);
    private readonly IReadableTree _tree;
    private readonly string _prefix;

    private PackageListing(IReadableTree tree, string prefix) => (_tree, _prefix) = (tree, prefix);

    /// <summary>The paths and their kinds: files for conda, directories for pip.</summary>
    public IReadOnlyDictionary<string, EntryKind> Paths => _paths;

    /// <summary>Reads a few directories.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="prefix">The environment's directory in it; empty if it is the root.</param>
    public static PackageListing Read(IReadableTree tree, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var records = new PackageListing(tree, prefix);
        records.Take(Metadata, EntryKind.File, PackageComparison.ParseConda);
        foreach (var python in records.Names(Libraries).Where(
                entry => entry.Kind == EntryKind.Directory && entry.Name.StartsWith(Python, StringComparison.Ordinal)))
        {
            records.Take($"{Libraries}/{python.Name}/{SitePackages}", EntryKind.Directory, PackageComparison.ParsePython);
        }

        return records;
    }

    private void Take(string directory, EntryKind kind, Func<string, (string Name, string Version)?> parse)
    {
        foreach (var path in Names(directory)
                .Where(entry => entry.Kind == kind)
                .Select(entry => $"{directory}/{entry.Name}")
                .Where(path => parse(path) is not null))
        {
            _paths[_prefix.Length == 0 ? path : $"{_prefix}/{path}"] = kind;
        }
    }

    private List<(string Name, EntryKind Kind)> Names(string directory) =>
        _tree.TryFind(Encoding.UTF8.GetBytes($"{_prefix}/{directory}"), out var found) && found.Kind == EntryKind.Directory
            ? [.. EntryCollector.Of(_tree, found.Node).Select(entry => (Encoding.UTF8.GetString(entry.Name), entry.Kind))]
            : [];
}

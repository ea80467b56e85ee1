using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>What changes of conda's records mean for the files of an environment.</summary>
internal sealed class RecordChanges
{
    private readonly HashSet<ulong> _files = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    private RecordChanges(string? sitePackages) => SitePackages = sitePackages;

    /// <summary>The directory of Python packages; null without Python.</summary>
    public string? SitePackages { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _files.Count == 0;

    /// <summary>Compares the records.</summary>
    /// <param name="before">The environment in the tree below.</param>
    /// <param name="now">The environment.</param>
    /// <param name="places">What was changed.</param>
    /// <returns>Null if the changes may affect any file.</returns>
    /// <exception cref="TreeException">A record cannot be read.</exception>
    public static RecordChanges? Find(EnvironmentTree before, EnvironmentTree now, ChangedPlaces places)
    {
        // Python's record decides where the files of noarch packages are.
        var (old, present, site) = (Inodes(before), Inodes(now), SitePackagesOf(now));
        var changes = new RecordChanges(site);
        var packages = new List<PackageRecord>();
        Read(before, present);
        Read(now, old);
        if (SitePackagesOf(before) != site || packages.Exists(package => package.SitePackages is { } other && other != site))
        {
            return null;
        }

        foreach (var package in packages)
        {
            changes._paths.UnionWith(package.Files);
            changes._paths.UnionWith(package.Paths.Select(file => InstalledPath.Of(package, file.Path, site)));
        }

        return changes;

        void Read(EnvironmentTree environment, Dictionary<string, ulong> others)
        {
            foreach (var (name, file) in environment.RecordFiles())
            {
                if (others.GetValueOrDefault(name) != file.Inode || places.IsChanged(file.Inode))
                {
                    changes._files.Add(file.Inode);
                    packages.AddRange(environment.ReadRecord(name, file) is { } package ? [package] : []);
                }
            }
        }
    }

    /// <summary>Whether a record was changed or added.</summary>
    public bool Has(ulong record) => _files.Contains(record);

    /// <summary>The paths that changed, added and removed records list.</summary>
    public IEnumerable<string> Paths => _paths;

    /// <summary>Whether a changed, added or removed record lists a path.</summary>
    public bool Lists(string path) => _paths.Contains(path);

    private static Dictionary<string, ulong> Inodes(EnvironmentTree environment) =>
        environment.RecordFiles().ToDictionary(record => record.Name, record => record.File.Inode, StringComparer.Ordinal);

    private static string? SitePackagesOf(EnvironmentTree environment) => environment.RecordFiles()
        .Where(record => record.Name.StartsWith("python-", StringComparison.Ordinal))
        .Select(record => environment.ReadRecord(record.Name, record.File)?.SitePackages)
        .FirstOrDefault(site => site is not null);
}

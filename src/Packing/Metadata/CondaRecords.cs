using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>conda's records of an environment in its <c>conda-meta</c>.</summary>
internal sealed class CondaRecords
{
    /// <summary>The directory's name.</summary>
    public const string DirectoryName = "conda-meta";

    /// <summary>The log of conda's actions, with the prefix at that time: never rewritten.</summary>
    public const string History = $"{DirectoryName}/history";

    private readonly Dictionary<string, ManagedFile> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);

    private CondaRecords(IReadOnlyList<PackageRecord> packages, Func<string, bool>? isWanted = null)
    {
        SitePackages = packages.Select(package => package.SitePackages).OfType<string>().FirstOrDefault();
        foreach (var package in packages)
        {
            Add(package, isWanted);
        }
    }

    /// <summary>The managed files, by path below the prefix.</summary>
    public IReadOnlyDictionary<string, ManagedFile> Files => _files;

    /// <summary>The directory of Python packages; null in an environment without Python.</summary>
    public string? SitePackages { get; }

    /// <summary>Reads the records of all packages.</summary>
    /// <param name="files">The environment's files.</param>
    /// <exception cref="PackingException"><see cref="PackingFault.BadMetadata"/>.</exception>
    public static CondaRecords Of(SourceFiles files) =>
        new([.. files.ByPath.Keys.Where(IsRecord).Select(path => PackageRecord.Parse(path, files.Read(path)))]);

    /// <summary>Combines records that were read already.</summary>
    /// <param name="packages">The records.</param>
    /// <param name="isWanted">Selects paths that are kept besides those with a placeholder; null for all.</param>
    public static CondaRecords Of(IReadOnlyList<PackageRecord> packages, Func<string, bool>? isWanted = null) => new(packages, isWanted);

    /// <summary>Whether a package of that name is installed.</summary>
    public bool Has(string package) => _packages.Contains(package);

    /// <summary>Whether a path is that of a package's record.</summary>
    public static bool IsRecord(string path) =>
        path.StartsWith($"{DirectoryName}/", StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)
        && path.LastIndexOf('/') == DirectoryName.Length;

    private void Add(PackageRecord package, Func<string, bool>? isWanted)
    {
        _packages.Add(package.Name);
        foreach (var file in package.Files.Where(IsKept))
        {
            Keep(new ManagedFile(package.Title, file, PrefixMode.Unknown));
        }

        foreach (var recorded in package.Paths)
        {
            var path = InstalledPath.Of(package, recorded.Path, SitePackages);
            if (recorded.Mode != PrefixMode.None || IsKept(path))
            {
                Keep(recorded with { Path = path });
            }
        }

        // A path may be recorded several times. An entry with a placeholder counts, since a reader that selects paths sees all of those.
        void Keep(ManagedFile file)
        {
            if (HasPlaceholder(file) || _files.GetValueOrDefault(file.Path) is not { } other || !HasPlaceholder(other))
            {
                _files[file.Path] = file;
            }
        }

        static bool HasPlaceholder(ManagedFile file) => file.Mode is PrefixMode.Text or PrefixMode.Binary;

        bool IsKept(string path) => isWanted is null || isWanted(path);
    }
}

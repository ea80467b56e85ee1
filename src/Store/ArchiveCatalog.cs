using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>The archives in the archive directory.</summary>
/// <param name="layout">Where it is.</param>
public sealed class ArchiveCatalog(Layout layout)
{
    /// <summary>All archives, by name.</summary>
    public IReadOnlyList<Archive> List() =>
        [.. Files().Select(Recognise).OfType<Archive>().GroupBy(archive => archive.Name).SelectMany(Claims).OrderBy(archive => archive.Name.Value, StringComparer.Ordinal)];

    /// <summary>An environment's archive.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.NotFound"/>, or two archives claim the name.</exception>
    public Archive Get(EnvironmentName name) => Find(name)
        ?? throw new StoreException(
            StoreFault.NotFound,
            $"no environment named '{name}': there is no {layout.ArchivePath(name, ArchiveFormat.SquashFs)} (see conda-fuse-env-list)");

    /// <summary>An environment's archive, or null.</summary>
    /// <exception cref="StoreException">Two archives claim the name.</exception>
    public Archive? Find(EnvironmentName name)
    {
        var found = Claims(ArchiveFormats.All.Select(format => new Archive(name, layout.ArchivePath(name, format), format)).Where(archive => File.Exists(archive.Path)));
        return found.Count > 1
            ? throw new StoreException(
                StoreFault.AlreadyExists,
                $"'{name}' has two archives, {string.Join(" and ", found.Select(archive => archive.Path))}: move one of them away")
            : found.FirstOrDefault();
    }

    /// <summary>Who claims a name: beside an archive that is there, a symlink that leads nowhere does not, as a killed conversion may leave one.</summary>
    private static List<Archive> Claims(IEnumerable<Archive> archives)
    {
        var found = archives.ToList();
        return found.Count > 1 && found.Where(archive => FileIdentity.TryOf(archive.Path) is not null).ToList() is { Count: > 0 } there ? there : found;
    }

    private IEnumerable<string> Files() =>
        Directory.Exists(layout.ArchiveDirectory) ? Directory.EnumerateFiles(layout.ArchiveDirectory) : [];

    private static Archive? Recognise(string path)
    {
        var file = Path.GetFileName(path);
        foreach (var format in ArchiveFormats.All)
        {
            var name = file.EndsWith(format.Extension(), StringComparison.Ordinal) ? file[..^format.Extension().Length] : string.Empty;
            if (EnvironmentName.IsValid(name))
            {
                return new Archive(EnvironmentName.Parse(name), path, format);
            }
        }

        return null;
    }
}

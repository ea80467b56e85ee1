using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>The archives in the archive folders. Of several with one name, those in the first folder count.</summary>
/// <param name="layout">The archive folders.</param>
public sealed class ArchiveCatalog(Layout layout)
{
    /// <summary>All archives, by name.</summary>
    public IReadOnlyList<Archive> List() =>
        [.. All().GroupBy(archive => archive.Name)
            .SelectMany(name => Claims(InFirstFolder(name)))
            .OrderBy(archive => archive.Name.Value, StringComparer.Ordinal)];

    /// <summary>Archives that are not used, because an earlier folder has one of the same name.</summary>
    public IReadOnlyList<(Archive Used, Archive Hidden)> Hidden() =>
        [.. All().GroupBy(archive => archive.Name)
            .SelectMany(name => name.Except(InFirstFolder(name)).Select(hidden => (name.First(), hidden)))];

    /// <summary>An environment's archive.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.NotFound"/>, or two archives have the name.</exception>
    public Archive Get(EnvironmentName name) => Find(name) ?? throw NotFound(name);

    /// <summary>The failure for an environment that does not exist, with a suggestion of a similar name.</summary>
    public StoreException NotFound(EnvironmentName name) => new(
        StoreFault.NotFound,
        $"there is no environment '{name}'{(Meant(name.Value) is { } meant ? $"; did you mean '{meant}'?" : string.Empty)}")
    {
        Hint = "condafuse list shows the environments",
        Path = layout.ArchivePath(name, ArchiveFormat.SquashFs),
    };

    /// <summary>
    /// The environment that the user probably meant by an unknown name: the name of its archive, or a similar name. Null if there is none.
    /// </summary>
    public string? Meant(string name)
    {
        var known = List().Select(archive => archive.Name.Value).Distinct(StringComparer.Ordinal).ToList();
        var ending = ArchiveFormats.All.Select(format => format.Extension())
            .FirstOrDefault(extension => name.EndsWith(extension, StringComparison.Ordinal));
        return ending is not null && known.Contains(name[..^ending.Length], StringComparer.Ordinal) ? name[..^ending.Length]
            : NearestWord.Find(name, known);
    }

    /// <summary>An environment's archive, or null.</summary>
    /// <exception cref="StoreException">Two archives have the name.</exception>
    public Archive? Find(EnvironmentName name)
    {
        var found = layout.ArchiveFolders
            .Select(folder => Claims(ArchiveFormats.All.Select(format => new Archive(name, Layout.ArchivePath(folder, name, format), format))
                .Where(archive => File.Exists(archive.Path))))
            .FirstOrDefault(inFolder => inFolder.Count > 0) ?? [];
        return found.Count > 1
            ? throw new StoreException(
                StoreFault.AlreadyExists,
                $"'{name}' has two archives: {string.Join(" and ", found.Select(archive => archive.Path))}")
            {
                Hint = "move one of them to another directory",
            }
            : found.FirstOrDefault();
    }

    /// <summary>The archives with a name. If there are several, a broken symlink does not count: a killed conversion may have left it.</summary>
    private static List<Archive> Claims(IEnumerable<Archive> archives)
    {
        var found = archives.ToList();
        return found.Count > 1 && found.Where(archive => FileIdentity.TryOf(archive.Path) is not null).ToList() is { Count: > 0 } there
            ? there
            : found;
    }

    private static IEnumerable<Archive> InFirstFolder(IEnumerable<Archive> archives)
    {
        var all = archives.ToList();
        var folder = Path.GetDirectoryName(all[0].Path);
        return all.Where(archive => Path.GetDirectoryName(archive.Path) == folder);
    }

    /// <summary>All archives, in the order of the folders.</summary>
    private IEnumerable<Archive> All() =>
        layout.ArchiveFolders.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Select(Recognise).OfType<Archive>();

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

/// <summary>An environment's archive.</summary>
/// <param name="Name">The environment's name.</param>
/// <param name="Path">The file's path, as the user would write it.</param>
/// <param name="Format">Its format, according to the file extension.</param>
public sealed record Archive(EnvironmentName Name, string Path, ArchiveFormat Format);

/// <summary>Archive formats.</summary>
public enum ArchiveFormat
{
    /// <summary>SquashFS 4.0.</summary>
    SquashFs,

    /// <summary>Zip, the format of the original script.</summary>
    Zip,
}

/// <summary>Names of formats.</summary>
public static class ArchiveFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ArchiveFormat> All { get; } = [ArchiveFormat.SquashFs, ArchiveFormat.Zip];

    /// <summary>The file extension of archives.</summary>
    public static string Extension(this ArchiveFormat format) => format == ArchiveFormat.Zip ? ".zip" : ".squashfs";

    /// <summary>The format with a name; null if there is none.</summary>
    public static ArchiveFormat? Find(string name) =>
        All.Where(format => format.Name() == name).Select(format => (ArchiveFormat?)format).FirstOrDefault();

    /// <summary>The format's name in options and JSON.</summary>
    public static string Name(this ArchiveFormat format) => format == ArchiveFormat.Zip ? "zip" : "squashfs";
}

/// <summary>Why an archive cannot be used, and what to do.</summary>
/// <param name="Text">The reason.</param>
/// <param name="Remedy">What the user can do. A file that could merely not be read is not called damaged.</param>
public sealed record ArchiveProblem(string Text, string Remedy)
{
    /// <summary>The archive of a mount is gone, or is a symlink to a missing file.</summary>
    public static ArchiveProblem Missing(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new FileInfo(path).LinkTarget is { } target
            ? new ArchiveProblem(
                $"is a symlink to {target}, which does not exist",
                "make the target available again (is its file system mounted?), or remove the symlink")
            : new ArchiveProblem("its archive was deleted", $"condafuse unmount {ShellArgument.Of(Path.GetFileNameWithoutExtension(path))}");
    }

    /// <summary>The archive could not be opened or read.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="failure">The exception from reading it.</param>
    public static ArchiveProblem Of(string path, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            PlatformException { Errno: Errno.ENOENT } => Missing(path),
            PlatformException { Errno: Errno.EACCES or Errno.EPERM } or UnauthorizedAccessException =>
                new ArchiveProblem(
                    $"you may not read {path}", $"ask its owner for: chmod u+r '{path}'"),
            PlatformException { Errno: Errno.EINVAL or Errno.EISDIR } =>
                new ArchiveProblem("is not a regular file", $"move it out of the archive directory: {path}"),
            PlatformException or IOException =>
                new ArchiveProblem($"cannot be read now: {failure.Message}", "check its storage; the content may be intact"),
            _ => new ArchiveProblem(failure.Message, $"condafuse verify '{path}' shows what is damaged; restore it from a backup"),
        };
    }
}

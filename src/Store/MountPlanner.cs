using CondaFuse.Images;
using CondaFuse.Images.Remote;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Resolves the user's arguments to a mount.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
public sealed class MountPlanner(Layout layout, ArchiveCatalog catalog)
{
    /// <summary>Plans a mount.</summary>
    /// <param name="subject">An environment's name, or the path of an image, or <c>NAME@GENERATION</c>.</param>
    /// <param name="directory">The directory to mount at; null: below the mount root.</param>
    /// <param name="readOnly">Whether the kernel refuses every write.</param>
    /// <param name="generation">The generation to show; null for the current state. Unless a directory is given, the mount point is then
    /// <c>NAME@GENERATION</c>.</param>
    public MountPlan Plan(string subject, string? directory, bool readOnly = false, long? generation = null) =>
        Complete(Locate(subject, directory, readOnly, generation));

    /// <summary>The part of a plan that does not require reading the archive.</summary>
    /// <inheritdoc cref="Plan" path="/param"/>
    public LocatedMount Locate(string subject, string? directory, bool readOnly = false, long? generation = null)
    {
        if (generation is null && Past(subject) is var (present, past))
        {
            (subject, generation) = (present.Path, past);
        }

        var archive = generation is null ? Find(subject) : FindImage(subject);
        var usual = generation is { } shown
            ? Path.Combine(layout.MountRoot, new GenerationName(archive.Name, shown).ToString())
            : layout.MountPoint(archive.Name);
        var asWritten = Path.GetFullPath(directory ?? usual);
        if (!PrintableText.IsPrintable(asWritten))
        {
            // It would become a line of conda's list of prefixes, and of other lists.
            throw new StoreException(StoreFault.BadName, $"cannot mount at '{asWritten}': the path contains characters that cannot be "
                + $"printed on a line");
        }

        var plan = new MountPlan(
            CanonicalPath.Resolve(archive.Path), CanonicalPath.Resolve(asWritten), asWritten, readOnly || generation is not null, generation);
        return new LocatedMount(plan, archive, directory is null);
    }

    /// <summary>Finds the prefix in the archive, and creates the mount root if necessary.</summary>
    public MountPlan Complete(LocatedMount located)
    {
        var (plan, archive, isUsual) = located;
        using INumberedTree tree = plan.Generation is { } number ? SquashFsTree.Open(archive.Path, number) : ImageTree.Open(archive.Path);
        var top = PrefixLocator.Locate(tree, archive.Name.Value);
        if (isUsual)
        {
            Directory.CreateDirectory(layout.MountRoot);
        }

        return top.Length == 0 ? plan : plan with { Prefix = Path.Combine(plan.Prefix, top) };
    }

    /// <summary>The canonical mount point for a name or a directory.</summary>
    public string MountPointOf(string subject)
    {
        if (LooksLikePath(subject))
        {
            return CanonicalPath.Resolve(subject);
        }

        var name = EnvironmentName.Parse(subject);
        var mounts = LiveMounts.Read(layout);
        var usual = CanonicalPath.Resolve(layout.MountPoint(name));
        if (mounts.At(usual) is not null)
        {
            return usual;
        }

        var archive = catalog.Find(name);
        var image = archive is null ? null : CanonicalPath.Resolve(archive.Path);
        var elsewhere = archive is null ? [] : mounts.All().Where(mount => mount.Archive == image).ToList();
        if (elsewhere.Count == 0)
        {
            elsewhere = [.. mounts.Elsewhere().Where(mount => mount.Entry.MountPoint == usual || mount.Archive == image)];
        }

        return elsewhere.Count switch
        {
            1 => elsewhere[0].Entry.MountPoint,
            0 => throw (archive is null ? catalog.NotFound(name) : new StoreException(StoreFault.NotFound, $"'{name}' is not mounted")),
            _ => throw new StoreException(
                StoreFault.NotFound,
                $"'{name}' is mounted at several directories: {string.Join(", ", elsewhere.Select(mount => mount.Entry.MountPoint))}")
            {
                Hint = $"condafuse unmount {ShellArgument.Of(elsewhere[0].Entry.MountPoint)}",
            },
        };
    }

    /// <summary>The canonical default mount point for the user's argument.</summary>
    public string UsualMountPoint(string subject) =>
        CanonicalPath.Resolve(LooksLikePath(subject) ? subject : layout.MountPoint(EnvironmentName.Parse(subject)));

    private static bool LooksLikePath(string subject) => subject.Contains('/', StringComparison.Ordinal) || subject is "." or "..";

    /// <summary>The same, for a format with generations.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Unsupported"/>.</exception>
    public Archive FindImage(string subject)
    {
        var archive = Find(subject);
        return ImageTree.HasGenerations(archive.Path)
            ? archive
            : throw new StoreException(
                StoreFault.Unsupported,
                $"{archive.Path} is a zip archive, which has no earlier generations")
            {
                Hint = $"condafuse convert {ShellArgument.Of(archive.Name)} --to squashfs lets it keep generations from then on",
                Path = archive.Path,
            };
    }

    /// <summary>The archive for a name or a path, for operations on the file itself.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Unsupported"/>: the image is in a registry.</exception>
    public Archive FindFile(string subject) => DemandFile(Find(subject));

    /// <inheritdoc cref="FindFile"/>
    public static Archive DemandFile(Archive archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        if (!File.Exists(archive.Path) || !RemoteDescription.IsOne(archive.Path))
        {
            return archive;
        }

        var reference = RemoteDescription.Read(archive.Path).Reference;
        throw new StoreException(StoreFault.Unsupported, $"'{archive.Name}' is mounted from a registry ({reference}), and has no archive here")
        {
            Hint = $"condafuse pull {ShellArgument.Of(reference)} downloads it",
            Path = archive.Path,
        };
    }

    /// <summary>The archive for a name or a path.</summary>
    public Archive Find(string subject)
    {
        if (!LooksLikePath(subject) && !(File.Exists(subject) && FormatOf(subject) is not null))
        {
            return FindByName(EnvironmentName.Parse(subject));
        }

        const string registry = "oci://";
        if (subject.StartsWith(registry, StringComparison.Ordinal))
        {
            throw new StoreException(StoreFault.Unsupported, $"{subject} is in a registry; only archives on this machine can be used here")
            {
                Hint = $"condafuse mount {ShellArgument.Of(subject)} mounts it, and condafuse pull downloads it",
                Path = subject,
            };
        }

        if (Directory.Exists(subject))
        {
            throw new StoreException(StoreFault.BadName, $"{subject} is a directory, not an image or the name of an environment") { Path = subject };
        }

        if (!File.Exists(subject))
        {
            throw new StoreException(StoreFault.NotFound, $"there is no file {subject}") { Path = subject };
        }

        var format = FormatOf(subject) ?? ArchiveFormat.SquashFs;
        return new Archive(EnvironmentName.Parse(Path.GetFileNameWithoutExtension(subject)), Path.GetFullPath(subject), format);
    }

    private Archive FindByName(EnvironmentName name)
    {
        if (catalog.Find(name) is { } archive)
        {
            return archive;
        }

        if (Past(name.Value) is var (present, generation))
        {
            throw new StoreException(
                StoreFault.NotFound,
                $"'{name}' is generation {generation} of '{present.Name}'; you can only mount, activate, run and unmount it")
            {
                Hint = $"use '{present.Name}' instead",
            };
        }

        if (LiveMounts.Read(layout).At(CanonicalPath.Resolve(layout.MountPoint(name))) is { } mount)
        {
            if (File.Exists(mount.Archive) && RemoteDescription.IsOne(mount.Archive))
            {
                return new Archive(name, mount.Archive, ArchiveFormat.SquashFs);
            }

            throw File.Exists(mount.Archive)
                ? new StoreException(
                    StoreFault.NotFound,
                    $"there is no environment '{name}'; another file is mounted at {layout.MountPoint(name)}")
                {
                    Hint = $"use its path: '{mount.Archive}'",
                }
                : new StoreException(
                    StoreFault.NotFound,
                    $"the archive of '{name}' was deleted, but it is still mounted at {layout.MountPoint(name)}")
                {
                    Hint = $"conda-fuse-unmount {ShellArgument.Of(name)}",
                };
        }

        var changes = Layout.ChangesFolder(layout.ArchivePath(name, ArchiveFormat.SquashFs));
        return Directory.Exists(changes)
            ? throw new StoreException(
                StoreFault.NotFound,
                $"the archive of '{name}' was deleted; its uncommitted changes are still in {changes}")
            {
                Hint = "condafuse doctor shows what you can do",
                Path = changes,
            }
            : catalog.Get(name);
    }

    /// <summary>The archive and generation for <c>NAME@GENERATION</c>: of the archive of that name, or of the one mounted under it.</summary>
    /// <returns>Null if the text means something else, or nothing.</returns>
    private (Archive Archive, long Generation)? Past(string subject)
    {
        if (LooksLikePath(subject)
            || File.Exists(subject)
            || GenerationName.TryParse(subject) is not { } past
            || catalog.Find(EnvironmentName.Parse(subject)) is not null)
        {
            return null;
        }

        if (catalog.Find(past.Name) is { } archive)
        {
            return (archive, past.Generation);
        }

        var mount = LiveMounts.Read(layout).At(CanonicalPath.Resolve(layout.MountPoint(EnvironmentName.Parse(subject))));
        return mount?.Record?.Generation == past.Generation
            && File.Exists(mount.Archive)
            && Path.GetFileNameWithoutExtension(mount.Archive) == past.Name.Value
            ? (new Archive(past.Name, mount.Archive, FormatOf(mount.Archive) ?? ArchiveFormat.SquashFs), past.Generation)
            : null;
    }

    private static ArchiveFormat? FormatOf(string path)
    {
        foreach (var format in ArchiveFormats.All)
        {
            if (path.EndsWith(format.Extension(), StringComparison.Ordinal))
            {
                return format;
            }
        }

        return null;
    }
}

/// <summary>A mount whose archive has not been read yet.</summary>
/// <param name="Plan">The mount; its prefix is still the mount point, as the user writes it.</param>
/// <param name="Archive">The archive.</param>
/// <param name="IsUsual">Whether it uses the default mount point.</param>
public sealed record LocatedMount(MountPlan Plan, Archive Archive, bool IsUsual);

/// <summary>The description of a mount.</summary>
/// <param name="Archive">Canonical path of the image.</param>
/// <param name="MountPoint">Canonical path of the mount point.</param>
/// <param name="Prefix">The environment's prefix when mounted, as the user writes it.</param>
/// <param name="ReadOnly">Whether the kernel refuses every write.</param>
/// <param name="Generation">The earlier generation to show; null for the current state with uncommitted changes.</param>
public sealed record MountPlan(string Archive, string MountPoint, string Prefix, bool ReadOnly = false, long? Generation = null)
{
    /// <summary>Whether other users may use the mount, subject to the modes of its files.</summary>
    public bool AllowOther { get; init; }
}

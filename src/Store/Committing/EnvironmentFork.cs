using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>Makes an archive of its own of an environment with the changes beside it, or in a personal layer.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">The time.</param>
/// <param name="relocate">Makes an environment sound at another prefix.</param>
public sealed class EnvironmentFork(Layout layout, ArchiveCatalog catalog, TimeProvider clock, Func<ForkedEnvironment, IReadableTree> relocate)
{
    /// <summary>
    /// Writes it; the environment and its changes stay as they are. Of changes that build on an earlier generation, it shows that one with them.
    /// </summary>
    /// <param name="archive">The environment.</param>
    /// <param name="to">The new archive's name, or its path: with a slash in it, or the ending of a format, which it then gets.</param>
    /// <param name="request">How.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; there is no new archive then.</param>
    /// <exception cref="StoreException">There is an archive of that name, or the generation that the changes build on is gone.</exception>
    public ForkOutcome Write(Archive archive, string to, CommitRequest request, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        var (target, format) = Target(to, ImageTree.HasGenerations(state.Image) ? ArchiveFormat.SquashFs : ArchiveFormat.Zip);
        DemandWritable(target);
        ContentVerification.Demand(state.Image, request.Threads, cancellation);
        var (changes, built) = KeptChanges.OpenWithBase(state, clock);
        using var tree = ChangedTree.Open(
            built == state.Version ? ImageTree.Open(state.Image) : SquashFsTree.Open(state.Image, built.Generation), changes, clock);
        var options = new PackOptions
        {
            Threads = request.Threads,
            BlockSize = format == ArchiveFormat.Zip ? new PackOptions { Threads = 1 }.BlockSize : ImageSummary.Read(state.Image).BlockSize,
            Message = request.Message ?? $"from {archive.Name}, generation {built.Generation}",
            ModificationTime = Timestamp.Now(clock),
            ChangeTimes = true,
        };
        var forked = Place(tree, archive.Name.Value, Path.GetFileNameWithoutExtension(target));
        return new ForkOutcome(
            target,
            forked.Destination,
            ImageWriter.Write(relocate(forked), target, format == ArchiveFormat.Zip, options, progress, cancellation),
            changes.Summary.Changes);
    }

    private ForkedEnvironment Place(ChangedTree tree, string name, string newName)
    {
        var (top, newTop) = (PrefixLocator.Locate(tree, name), PrefixLocator.Locate(tree, newName));
        return new ForkedEnvironment(tree, newTop, Prefix(name, top), Prefix(newName, newTop));
    }

    /// <summary>Where an environment is when it is mounted where it usually is.</summary>
    private string Prefix(string name, string top) =>
        Path.TrimEndingDirectorySeparator(Path.Combine(layout.MountPoint(EnvironmentName.Parse(name)), top));

    private (string Path, ArchiveFormat Format) Target(string to, ArchiveFormat usual)
    {
        var known = ArchiveFormats.All.Where(format => to.EndsWith(format.Extension(), StringComparison.Ordinal))
            .Select(format => (ArchiveFormat?)format)
            .FirstOrDefault();
        if (known is null && !to.Contains('/', StringComparison.Ordinal))
        {
            var name = EnvironmentName.ParseNew(to);
            return catalog.Find(name) is { } other
                ? throw new StoreException(StoreFault.AlreadyExists, $"{other.Path} exists") { Path = other.Path }
                : (layout.ArchivePath(name, usual), usual);
        }

        var path = Path.GetFullPath(known is null ? to + usual.Extension() : to);
        _ = EnvironmentName.ParseNew(Path.GetFileNameWithoutExtension(path));
        return Path.Exists(path) ? throw new StoreException(StoreFault.AlreadyExists, $"{path} exists") : (path, known ?? usual);
    }

    private void DemandWritable(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        try
        {
            if (folder == layout.ArchiveDirectory)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // Said below.
        }

        if (Directory.Exists(folder) ? !Writability.IsAllowed(folder) : folder == layout.ArchiveDirectory)
        {
            throw new StoreException(
                StoreFault.Unsupported,
                $"you may not write in {folder}; nothing was changed")
            {
                Hint = $"--to ~/{Path.GetFileName(target)} writes it elsewhere; or set CONDA_FUSE_ARCHIVE_PATH to a directory of your own",
                Path = folder,
            };
        }

        if (!Directory.Exists(folder))
        {
            throw new StoreException(StoreFault.NotFound, $"there is no directory {folder}") { Path = folder };
        }
    }
}

/// <summary>What a fork wrote.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Prefix">The prefix for which it was written.</param>
/// <param name="Result">What was written.</param>
/// <param name="PendingChanges">Changes that went into it.</param>
public sealed record ForkOutcome(string Archive, string Prefix, PackResult Result, long PendingChanges);

/// <summary>An environment that is to become an archive of its own, and where that will be mounted.</summary>
/// <param name="Tree">The tree that holds it.</param>
/// <param name="Top">Name of the directory that is the environment; empty where that is the root.</param>
/// <param name="Prefix">The prefix that it has when it is mounted.</param>
/// <param name="Destination">The one that the fork will have.</param>
public sealed record ForkedEnvironment(INumberedTree Tree, string Top, string Prefix, string Destination);

using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.FirstUse;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>Creates a new archive from an environment and its changes, which may be in a personal layer.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">The clock.</param>
/// <param name="relocate">Adapts an environment to another prefix.</param>
public sealed class EnvironmentFork(Layout layout, ArchiveCatalog catalog, TimeProvider clock, Func<ForkedEnvironment, IReadableTree> relocate)
{
    /// <summary>
    /// Creates the archive; the environment and its changes are not modified. If the changes build on an earlier generation, the fork consists of
    /// that generation and the changes.
    /// </summary>
    /// <param name="archive">The environment.</param>
    /// <param name="to">The new archive's name, or its path if it contains a slash or ends with the extension of a format, which it then has.</param>
    /// <param name="request">The settings of the commit.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; no new archive is left then.</param>
    /// <exception cref="StoreException">The archive exists, or it no longer holds the generation that the changes build on.</exception>
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
        var relocated = relocate(forked);
        options = options with
        {
            PrefixTable = PrefixTables.Of(relocated, target),
            FirstUses = FirstUses.Of(layout, state.Version.Identity, tree.Base, relocated, target),
        };
        return new ForkOutcome(
            target,
            forked.Destination,
            ImageWriter.Write(relocated, target, format == ArchiveFormat.Zip, options, progress, cancellation),
            changes.Summary.Changes);
    }

    private ForkedEnvironment Place(ChangedTree tree, string name, string newName)
    {
        var (top, newTop) = (PrefixLocator.Locate(tree, name), PrefixLocator.Locate(tree, newName));
        return new ForkedEnvironment(tree, newTop, Prefix(name, top), Prefix(newName, newTop));
    }

    /// <summary>The prefix of an environment at its usual mount point.</summary>
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
            // Reported below.
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

/// <summary>The result of a fork.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Prefix">The prefix that it was written for.</param>
/// <param name="Result">The result of packing.</param>
/// <param name="PendingChanges">Number of changes included in it.</param>
public sealed record ForkOutcome(string Archive, string Prefix, PackResult Result, long PendingChanges);

/// <summary>An environment that will become a new archive, and its future prefix.</summary>
/// <param name="Tree">The tree that contains it.</param>
/// <param name="Top">The environment's directory in the tree; empty if it is the root.</param>
/// <param name="Prefix">Its prefix when it is mounted.</param>
/// <param name="Destination">The prefix of the fork.</param>
public sealed record ForkedEnvironment(INumberedTree Tree, string Top, string Prefix, string Destination);

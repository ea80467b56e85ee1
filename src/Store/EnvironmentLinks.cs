using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>
/// Symlinks to the prefixes of environments, in a folder where conda and other tools look for environments by name. A link is ours if it leads
/// below the mount point of the same name. Other entries are never changed.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
public sealed class EnvironmentLinks(Layout layout)
{
    private const int LongestList = 8192;
    private const ushort WritableByAll = 0x2; // 0o002

    /// <summary>The folder in which links are kept; null if the user did not ask for any.</summary>
    public string? Folder =>
        CacheFile.TryRead(layout.LinksFile, LongestList) is { } content
        && Encoding.UTF8.GetString(content).TrimEnd('\n') is ['/', ..] folder
        && !folder.Contains('\n', StringComparison.Ordinal)
            ? folder
            : null;

    /// <summary>Why links must not be kept in a folder: others could replace them, or this user cannot write there. Null if they may be.</summary>
    public static string? Objection(string folder)
    {
        if (!PrintableText.IsPrintable(folder))
        {
            return "its name contains characters that cannot be printed";
        }

        try
        {
            using var opened = EntryOpening.Directory(folder);
            using var lease = new HandleLease(opened);
            var status = FileStatus.Of(lease, []);
            return status.UserId != Identity.UserId ? "it belongs to another user"
                : (status.Permissions & WritableByAll) != 0 ? "every user can write in it"
                : null;
        }
        catch (PlatformException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Keeps links in a folder from now on.</summary>
    public void Begin(string folder)
    {
        Directory.CreateDirectory(
            Path.GetDirectoryName(layout.LinksFile)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        const uint ownerOnly = 0x180; // only its owner may decide where links are changed
        using var file = ReplacementFile.At(layout.LinksFile, new EntryRights(Identity.UserId, Identity.GroupId, ownerOnly));
        file.File.WriteAt(0, Encoding.UTF8.GetBytes($"{folder}\n"));
        file.Publish();
    }

    /// <summary>Removes all links, and keeps none from now on.</summary>
    /// <returns>The paths of the removed links.</returns>
    public IReadOnlyList<string> End()
    {
        var removed = Prune(_ => false);
        if (File.Exists(layout.LinksFile))
        {
            File.Delete(layout.LinksFile);
        }

        return removed;
    }

    /// <summary>Creates or corrects the link of an environment, if links are kept.</summary>
    /// <param name="name">The environment.</param>
    /// <param name="prefix">Its prefix where it is mounted by name.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public LinkOutcome Keep(EnvironmentName name, string prefix)
    {
        if (Folder is not { } folder)
        {
            return LinkOutcome.NotKept;
        }

        var path = Path.Combine(folder, name.Value);
        var target = TargetOf(path);
        if (target == prefix)
        {
            return LinkOutcome.Unchanged;
        }

        if (IsOurs(path, target))
        {
            File.Delete(path);
        }

        Directory.CreateDirectory(folder);
        try
        {
            File.CreateSymbolicLink(path, prefix);
            return LinkOutcome.Made;
        }
        catch (IOException) when (TargetOf(path) is not null || Path.Exists(path))
        {
            return TargetOf(path) == prefix ? LinkOutcome.Unchanged : LinkOutcome.Taken; // another mount may have made it at the same time
        }
    }

    /// <summary>Removes the link of an environment, if it is ours.</summary>
    /// <returns>Its path; null if there was none.</returns>
    public string? Remove(EnvironmentName name)
    {
        if (Folder is not { } folder || Path.Combine(folder, name.Value) is var path && !IsOurs(path))
        {
            return null;
        }

        File.Delete(path);
        return path;
    }

    /// <summary>Our links of environments that do not exist.</summary>
    /// <param name="exists">Whether there is an environment of a name.</param>
    public IEnumerable<string> Stale(Func<EnvironmentName, bool> exists) =>
        Folder is { } folder && Directory.Exists(folder)
            ? Directory.EnumerateFileSystemEntries(folder).Where(path => IsOurs(path) && !exists(EnvironmentName.Parse(Path.GetFileName(path))))
            : [];

    /// <summary>Removes them.</summary>
    /// <returns>The paths of the removed links.</returns>
    public IReadOnlyList<string> Prune(Func<EnvironmentName, bool> exists)
    {
        List<string> stale = [.. Stale(exists)];
        stale.ForEach(File.Delete);
        return stale;
    }

    /// <summary>
    /// The paths that tools may use in place of an environment's prefix: the link that we keep, and others that conda has registered. Nothing below
    /// the prefix is accessed.
    /// </summary>
    /// <param name="prefix">Its prefix.</param>
    public IReadOnlyList<string> PathsTo(string prefix)
    {
        var below = Path.GetRelativePath(layout.MountRoot, prefix);
        string[] names = [Path.GetFileName(prefix), below.Split('/')[0]]; // other paths may be on storage that does not answer
        string[] targets = [prefix, Path.Combine(CanonicalPath.Resolve(layout.MountRoot), below)];
        var registered = Registered()
            .Where(path => path.StartsWith('/') && names.Contains(Path.GetFileName(path))
                && !targets.Any(target => $"{path}/".StartsWith($"{target}/", StringComparison.Ordinal)));
        return [.. registered.Concat(Folder is { } folder ? [Path.Combine(folder, names[1])] : [])
            .Distinct(StringComparer.Ordinal)
            .Where(path => TargetOf(path) is { } target && targets.Contains(target)
                && !$"{prefix}/".StartsWith(path, StringComparison.Ordinal))];
    }

    /// <summary>A symlink's target; null for anything else, and for what cannot be queried.</summary>
    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The prefixes in conda's list; none if it cannot be read: then conda could not add a link to it either.</summary>
    private IReadOnlyList<string> Registered()
    {
        try
        {
            return new EnvironmentRegistry(layout.RegistryFile).Prefixes();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private bool IsOurs(string path) => IsOurs(path, TargetOf(path));

    /// <summary>Whether a path is our link: its target is the mount point of the same name, or a directory directly in that.</summary>
    private bool IsOurs(string path, string? target)
    {
        if (target is null || !EnvironmentName.IsValid(Path.GetFileName(path)))
        {
            return false;
        }

        var mountPoint = Path.Combine(layout.MountRoot, Path.GetFileName(path));
        return target == mountPoint || Path.GetDirectoryName(target) == mountPoint;
    }
}

/// <summary>What happened to a link.</summary>
public enum LinkOutcome
{
    /// <summary>The user did not ask for links.</summary>
    NotKept,

    /// <summary>It was right already.</summary>
    Unchanged,

    /// <summary>It was made or corrected.</summary>
    Made,

    /// <summary>Something else has its name, and was left alone.</summary>
    Taken,
}

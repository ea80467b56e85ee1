using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>Checks of the machine and of the archives.</summary>
internal sealed class MachineChecks(Session session)
{
    public IEnumerable<Check> Run() =>
        [Device(), Fusermount(), Namespaces(), Conda(), .. Variables(), .. new CondaNameChecks(session).Run(), Runtime(), Locks(), .. Archives()];

    private static Check Device()
    {
        const string path = FuseMounter.DevicePath;
        if (!File.Exists(path))
        {
            return new Check(
                path, CheckState.Wrong, "does not exist", "as root: modprobe fuse; in a container, pass the device into it");
        }

        try
        {
            using var device = Devices.Open(path);
            return new Check(path, CheckState.Good, "can be opened", null);
        }
        catch (PlatformException failure)
        {
            return new Check(path, CheckState.Wrong, failure.Message, $"as root: chmod 0666 {path}");
        }
    }

    private Check Fusermount() => (session.Mounter.FusermountPath, Identity.IsRoot) switch
    {
        ({ }, false) when !session.Mounter.CanMount => new Check(
            "fusermount", CheckState.Wrong, $"{session.Mounter.ReasonAgainst}: environments cannot be mounted or activated",
            "add an entry for the user to /etc/passwd; 'condafuse run' works without it"),
        ({ } path, _) => new Check("fusermount", CheckState.Good, path, null),
        (null, true) => new Check("fusermount", CheckState.Good, "not found; root does not need it", null),
        _ => new Check(
            "fusermount", CheckState.Wrong, "fusermount3 was not found on PATH: environments cannot be mounted or activated",
            "install the package 'fuse3'"),
    };

    /// <summary>In a user namespace, <c>run</c> mounts without fusermount, and so do the tasks of Slurm jobs.</summary>
    private Check Namespaces()
    {
        const string name = "user namespaces";
        if (Identity.IsRoot)
        {
            return new Check(name, CheckState.Good, "root does not need them", null);
        }

        if (NamespaceCheck.ReasonAgainst(session) is not { } reason)
        {
            return new Check(name, CheckState.Good, "allowed: 'condafuse run' works without fusermount3", null);
        }

        var finding = $"mounts in them are not allowed ({reason})";
        return session.Mounter.CanMount
            ? new Check(name, CheckState.Warning, $"{finding}: 'condafuse run' needs fusermount3, and jobs of Slurm share one mount", null)
            : new Check(name, CheckState.Wrong, $"{finding}: 'condafuse run' does not work", null);
    }

    private Check Conda() => session.Conda is { } conda
        ? new Check("conda", CheckState.Good, conda.Path, null)
        : new Check(
            "conda",
            CheckState.Warning,
            "conda, mamba and micromamba were not found",
            "put one on PATH, or set CONDA_EXE or MAMBA_EXE; only create and activate need it");

    private IEnumerable<Check> Variables() => Settings.Mistakes(session).Select(mistake => new Check("settings", CheckState.Warning, mistake, null));

    private Check Runtime()
    {
        try
        {
            return new Check("runtime directory", CheckState.Good, session.Layout.Runtime.Path, null);
        }
        catch (StoreException failure)
        {
            return new Check("runtime directory", CheckState.Wrong, failure.Message, "remove it, or ask its owner to");
        }
    }

    /// <summary>Checks that locks work where they are needed, and that none has been held for long.</summary>
    private Check Locks()
    {
        var held = session.Layout.Runtime.Existing.SelectMany(
            folder =>
                folder.List().Where(name => name.EndsWith(".lock", StringComparison.Ordinal) && IsHeld(folder, name)).Select(folder.Of)).ToList();
        return held.Count == 0
            ? new Check("locks", CheckState.Good, "none held", null)
            : new Check(
                "locks",
                CheckState.Warning,
                $"held now: {string.Join(", ", held)}",
                "another condafuse is working; if it never ends, find it with: fuser -v FILE");
    }

    private static bool IsHeld(PrivateFolder folder, string name)
    {
        using var probe = FileLock.Take(folder, name, wait: false);
        return probe is null;
    }

    private IEnumerable<Check> Archives()
    {
        var environments = new EnvironmentList(session.Layout, session.Catalog, session.Clock).Read();
        foreach (var environment in environments.Where(
                environment => environment is { Problem: not null, Mount: null } and ({ Summary: null } or { Summary.Unreadable: not null })))
        {
            // An archive that only another build can read is not damaged and must not be deleted.
            yield return environment.Summary?.Unreadable is null
                ? new Check(environment.Name, CheckState.Wrong, environment.Problem!, environment.Remedy)
                : new Check(environment.Name, CheckState.Warning, environment.Problem!, null);
        }

        foreach (var name in environments.Where(environment => environment.Mount is null)
                .GroupBy(environment => environment.Name)
                .Where(group => group.Count() > 1))
        {
            yield return new Check(
                name.Key, CheckState.Wrong, $"has two archives: {string.Join(" and ", name.Select(environment => environment.Archive))}",
                "move one of them to another directory");
        }

        foreach (var check in environments.Select(WithoutRoom).OfType<Check>())
        {
            yield return check;
        }

        foreach (var (used, hidden) in session.Catalog.Hidden())
        {
            yield return new Check(
                used.Name.Value, CheckState.Warning, $"{hidden.Path} is not used: {used.Path} has the same name and comes first", null);
        }

        var folders = session.Layout.ArchiveFolders;
        foreach (var folder in folders.Where(folder => folders.Count > 1 && !Directory.Exists(folder)))
        {
            yield return new Check("archives", CheckState.Warning, $"CONDA_FUSE_ARCHIVE_PATH names {folder}, which does not exist", null);
        }

        var count = environments.Where(environment => !environment.IsOutside).DistinctBy(environment => environment.Archive).Count();
        yield return new Check("archives", CheckState.Good, $"{count} in {string.Join(", ", folders)}", null);
    }

    /// <summary>Names the files of an environment that contain the former prefix because they have no room for the present one.</summary>
    private Check? WithoutRoom(EnvironmentStatus environment)
    {
        try
        {
            var (prefix, files) = ArchiveView.WithoutRoom(session.Layout, environment);
            return files.Count == 0 ? null : new Check(
                environment.Name, CheckState.Warning, $"no room for the prefix {prefix}, so these contain the former one: {string.Join(", ", files)}",
                "mount it at a shorter path if you need them");
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return null; // damage is reported above
        }
    }
}

using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>Finds the prefix of an environment, of this program or of conda.</summary>
internal sealed class EnvironmentSearch(Session session)
{
    /// <summary>Finds an environment by name or prefix, or returns the active one.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.NotFound"/>, <see cref="StoreFault.BadName"/>.</exception>
    public string Find(string? name, string? prefix)
    {
        if ((prefix ?? (name is null ? Active() : null)) is { } path)
        {
            var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            return Directory.Exists(whole) ? whole : throw new StoreException(StoreFault.NotFound, $"there is no environment "
                + $"{whole}") { Path = whole };
        }

        return Candidates(name!).FirstOrDefault(IsEnvironment) ?? throw NotFound(name!);
    }

    private string Active() =>
        session.Variable("CONDA_PREFIX")
            ?? throw new StoreException(StoreFault.BadName, "no environment is active") { Hint = "select one with --name or --prefix" };

    private static bool IsEnvironment(string prefix) => Directory.Exists(Path.Combine(prefix, "conda-meta"));

    /// <summary>
    /// The places where conda would look: our mounts, registered prefixes, the directories of environments, and the base environment by name.
    /// </summary>
    private IEnumerable<string> Candidates(string name)
    {
        if (EnvironmentName.IsValid(name))
        {
            var mountPoint = session.Layout.MountPoint(EnvironmentName.Parse(name));
            yield return Path.Combine(mountPoint, name);
            yield return mountPoint;

            // In a renamed archive, and in an earlier generation, the environment's directory has another name.
            foreach (var inner in Directory.Exists(mountPoint) ? Directory.GetDirectories(mountPoint) : [])
            {
                yield return inner;
            }
        }

        foreach (var registered in new EnvironmentRegistry(session.Layout.RegistryFile).Prefixes().Where(prefix => Path.GetFileName(prefix) == name))
        {
            yield return registered;
        }

        var directories = (session.Variable("CONDA_ENVS_DIRS")
            ?? session.Variable("CONDA_ENVS_PATH"))?.Split([':', ','], StringSplitOptions.RemoveEmptyEntries)
            ?? [];
        var roots = Roots().ToList();
        var below = roots.Select(root => Path.Combine(root, "envs"));
        foreach (var directory in directories.Concat(below).Append(Path.Combine(session.Home, ".conda", "envs")))
        {
            yield return Path.Combine(directory, name);
        }

        foreach (var root in roots.Where(root => name == "base" || Path.GetFileName(root) == name))
        {
            yield return root;
        }
    }

    /// <summary>Base environments, which contain bin/conda and condabin/conda.</summary>
    private IEnumerable<string> Roots()
    {
        if (session.Variable("MAMBA_ROOT_PREFIX") is { } given)
        {
            yield return given;
        }

        if (session.Conda is { } conda && Path.GetDirectoryName(Path.GetDirectoryName(CanonicalPath.Resolve(conda.Path))) is { } root)
        {
            yield return root;
        }
    }

    private StoreException NotFound(string name) => new(
        StoreFault.NotFound,
        $"there is no environment '{name}'")
    {
        Hint = session.Catalog.Meant(name) is { } meant ? $"did you mean '{meant}'?"
            : "select an environment by its path with --prefix",
    };

    /// <summary>Whether there is an archive of that name.</summary>
    public bool IsOurs(string name) => EnvironmentName.IsValid(name) && session.Catalog.Find(EnvironmentName.Parse(name)) is not null;
}

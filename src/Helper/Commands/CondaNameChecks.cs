using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// Checks whether conda's <c>-n NAME</c> means another environment than the archive of that name. conda finds a name only below its
/// <c>envs_dirs</c>. So <c>conda env update -f FILE</c> with <c>name: NAME</c> creates a second environment, unless the mount point is in one of
/// them.
/// </summary>
internal sealed class CondaNameChecks(Session session)
{
    public IEnumerable<Check> Run()
    {
        if (session.Conda is not { } conda)
        {
            yield break;
        }

        var directories = conda.EnvironmentDirectories(
            session.Variable("CONDA_ENVS_DIRS") ?? session.Variable("CONDA_ENVS_PATH"), session.Variable("MAMBA_ROOT_PREFIX"), session.Home);
        var root = CanonicalPath.Resolve(session.Layout.MountRoot);
        var isFound = false;
        foreach (var name in session.Catalog.List().Select(archive => archive.Name.Value).Distinct(StringComparer.Ordinal))
        {
            var second = directories.Select(directory => Path.Combine(directory, name))
                .FirstOrDefault(prefix => Directory.Exists(Path.Combine(prefix, "conda-meta")));
            if (second is not null && !CanonicalPath.Resolve(second).StartsWith($"{root}/", StringComparison.Ordinal))
            {
                isFound = true;
                yield return new Check(
                    name,
                    CheckState.Warning,
                    $"'conda ... -n {name}' uses another environment: {second}",
                    $"conda env remove -p '{second}'; {Setting(name)}");
            }
        }

        if (new EnvironmentLinks(session.Layout).Folder is { } links)
        {
            yield return new Check("links", CheckState.Good, $"to mounted environments are kept in {links}", null);
        }
        else if (!isFound)
        {
            yield return new Check("conda -n", CheckState.Good, $"to use mounted environments by name: {Setting("NAME")}", null);
        }
    }

    /// <summary>conda creates new environments in the first directory of the list.</summary>
    private string Setting(string name) =>
        $"conda config --append envs_dirs '{Path.Combine(session.Home, ".conda", "envs")}' "
        + $"--append envs_dirs '{Path.Combine(session.Layout.MountRoot, name)}'";
}

using CondaFuse.Activation;
using CondaFuse.EnvironmentFiles;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>A pip that installs into an environment: its own, or one from outside if it has none.</summary>
/// <param name="python">Absolute path of the Python that runs it.</param>
/// <param name="isOutside">Whether that Python is not the environment's own.</param>
internal sealed class PipProgram(string python, bool isOutside)
{
    /// <summary>The environment's own.</summary>
    public static PipProgram Inside(string prefix) => new(Path.Combine(prefix, "bin", "python"), isOutside: false);

    /// <summary>A pip from outside that can install elsewhere (pip 22.3 and later): that of conda's base, or else of a Python on PATH.</summary>
    /// <exception cref="EnvironmentFileException">There is none.</exception>
    public static PipProgram FindOutside(Session session, CondaProgram conda, string file)
    {
        IEnumerable<string> pythons =
        [
            Path.Combine(Path.GetDirectoryName(CanonicalPath.Resolve(conda.Path))!, "python"),
            .. session.SearchPath.Append("/usr/bin").Select(directory => Path.Combine(directory, "python3")),
        ];
        var found = pythons.Where(ExecutableFile.Exists).Distinct(StringComparer.Ordinal).FirstOrDefault(python => HasPip(session, python));
        return found is not null ? new PipProgram(found, isOutside: true) : throw new EnvironmentFileException(
            EnvironmentFileFault.NotForThisMachine,
            $"{file} lists pip packages but not pip, and no pip of version 22.3 or later was found in conda's base or on PATH")
            {
                Hint = $"add 'pip' to {file}",
            };
    }

    /// <summary>Runs <c>pip install ARGUMENTS…</c> on this process's terminal.</summary>
    public ChildProcess Start(Session session, CondaProgram conda, string prefix, IEnumerable<string> arguments)
    {
        var activated = CommandSurroundings.Of(session.AllVariables, prefix, new PrefixReader(".sh", _ => { }), CondaHere.FindOrAssume(session))
            .Variables;
        var variables = new Dictionary<string, string>(activated, StringComparer.Ordinal)
        {
            ["PIP_REQUIRE_VIRTUALENV"] = "false", ["PIP_USER"] = "false", ["PYTHONNOUSERSITE"] = "1",
        };
        foreach (var name in new[] { "PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_PYTHON", "PIP_NO_DEPS", "PYTHONDONTWRITEBYTECODE" })
        {
            variables.Remove(name);
        }

        string[] elsewhere = isOutside ? ["--python", Path.Combine(prefix, "bin", "python")] : [];
        return conda.Start(new SpawnRequest
        {
            Program = python,
            Arguments = [python, "-m", "pip", .. elsewhere, "install", "--no-input", "--disable-pip-version-check", .. arguments],
            Environment = [.. variables.Select(pair => $"{pair.Key}={pair.Value}")],
        });
    }

    private static bool HasPip(Session session, string python)
    {
        using var nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        return ChildProcess.Start(new SpawnRequest
        {
            Program = python, Arguments = [python, "-m", "pip", "--python", python, "--version"], Environment = session.EnvironmentBlock,
                Output = nowhere,
        }).Wait() == 0;
    }
}

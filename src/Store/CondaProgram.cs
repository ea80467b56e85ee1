using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>conda, or one of those that speak its command line: mamba, micromamba.</summary>
/// <param name="path">Absolute path.</param>
public sealed class CondaProgram(string path)
{
    private static readonly string[] Names = ["conda", "mamba", "micromamba"];

    /// <summary>Absolute path.</summary>
    public string Path { get; } = path;

    /// <summary>Finds it: by the variables that its shell functions export, then on PATH.</summary>
    /// <param name="condaExe">Value of CONDA_EXE, if set.</param>
    /// <param name="mambaExe">Value of MAMBA_EXE, if set.</param>
    /// <param name="searchPath">Directories of PATH.</param>
    public static CondaProgram? Find(string? condaExe, string? mambaExe, IEnumerable<string> searchPath)
    {
        var onPath = Names.SelectMany(name => searchPath.Select(directory => System.IO.Path.Combine(directory, name)));
        return new[] { condaExe, mambaExe }.OfType<string>().Concat(onPath).Where(path => System.IO.Path.IsPathRooted(path) && ExecutableFile.Exists(path)).Select(path => new CondaProgram(path)).FirstOrDefault();
    }

    /// <summary>Starts <c>conda create --prefix PREFIX ARGUMENTS…</c> on this process's terminal.</summary>
    public ChildProcess StartCreation(string prefix, IEnumerable<string> arguments, IReadOnlyCollection<string> environment) =>
        ChildProcess.Start(new SpawnRequest
        {
            Program = Path,
            Arguments = [Path, "create", "--prefix", prefix, .. arguments],
            Environment = environment,
        });
}

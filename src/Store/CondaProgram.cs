using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store;

/// <summary>conda, or a program with the same command line: mamba, micromamba.</summary>
/// <param name="path">Absolute path.</param>
public sealed class CondaProgram(string path)
{
    private static readonly string[] Names = ["conda", "mamba", "micromamba"];

    /// <summary>Absolute path.</summary>
    public string Path { get; } = path;

    /// <summary>Receives its standard output; null if that is inherited.</summary>
    public SafeFileHandle? Output { get; init; }

    /// <summary>Finds it through the variables that its shell functions export, then on PATH.</summary>
    /// <param name="condaExe">Value of CONDA_EXE, if set.</param>
    /// <param name="mambaExe">Value of MAMBA_EXE, if set.</param>
    /// <param name="searchPath">Directories of PATH.</param>
    public static CondaProgram? Find(string? condaExe, string? mambaExe, IEnumerable<string> searchPath)
    {
        var onPath = Names.SelectMany(name => searchPath.Select(directory => System.IO.Path.Combine(directory, name)));
        return new[] { condaExe, mambaExe }.OfType<string>()
            .Concat(onPath)
            .Where(path => System.IO.Path.IsPathRooted(path) && ExecutableFile.Exists(path))
            .Select(path => new CondaProgram(path))
            .FirstOrDefault();
    }

    /// <summary>The package cache, as far as it can be determined without running the program.</summary>
    /// <param name="pkgsDirs">Value of CONDA_PKGS_DIRS, if set.</param>
    /// <param name="rootPrefix">Value of MAMBA_ROOT_PREFIX, if set.</param>
    /// <param name="home">The user's home directory.</param>
    public string PackageCache(string? pkgsDirs, string? rootPrefix, string home)
    {
        if (pkgsDirs?.Split([':', ',']).FirstOrDefault(System.IO.Path.IsPathRooted) is { } given)
        {
            return given;
        }

        var root = Base(rootPrefix);
        return Writability.IsAllowed(root) ? System.IO.Path.Combine(root, "pkgs") : System.IO.Path.Combine(home, ".conda", "pkgs");
    }

    /// <summary>The directories of environments, as far as they can be determined without running the program.</summary>
    /// <param name="envsDirs">Value of CONDA_ENVS_DIRS or CONDA_ENVS_PATH, if set.</param>
    /// <param name="rootPrefix">Value of MAMBA_ROOT_PREFIX, if set.</param>
    /// <param name="home">The user's home directory.</param>
    public IReadOnlyList<string> EnvironmentDirectories(string? envsDirs, string? rootPrefix, string home) =>
        [
            .. (envsDirs ?? string.Empty).Split(':').Where(System.IO.Path.IsPathRooted),
            System.IO.Path.Combine(Base(rootPrefix), "envs"),
            System.IO.Path.Combine(home, ".conda", "envs"),
        ];

    /// <summary>The base environment, which contains bin/conda and condabin/conda.</summary>
    private string Base(string? rootPrefix) =>
        rootPrefix ?? System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(CanonicalPath.Resolve(Path))) ?? "/";

    /// <summary>Whether it is micromamba, whose <c>create</c> accepts every kind of file.</summary>
    public bool IsMicromamba => System.IO.Path.GetFileName(Path) == "micromamba";

    /// <summary>Runs <c>conda create --prefix PREFIX ARGUMENTS…</c> on this process's terminal.</summary>
    public ChildProcess StartCreation(string prefix, IEnumerable<string> arguments, IReadOnlyCollection<string> environment) =>
        Start(["create", "--prefix", prefix, .. arguments], environment);

    /// <summary>Runs <c>conda WORDS…</c> on this process's terminal.</summary>
    public ChildProcess Start(IEnumerable<string> words, IReadOnlyCollection<string> environment) =>
        Start(new SpawnRequest { Program = Path, Arguments = [Path, .. words], Environment = environment });

    /// <summary>Starts it, or a program that belongs to it.</summary>
    public ChildProcess Start(SpawnRequest request) =>
        ChildProcess.Start(Output is null ? request : request with { Descriptors = new Dictionary<int, SafeFileHandle> { [1] = Output } });
}

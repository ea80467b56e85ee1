namespace CondaFuse.Helper.Commands;

/// <summary>A command as it is to be started for an environment: a shell that runs its activation scripts, then becomes the command.</summary>
/// <param name="session">The variables to start from.</param>
/// <param name="prefix">The environment.</param>
/// <param name="words">The command.</param>
internal sealed class CommandInEnvironment(Session session, string prefix, IReadOnlyList<string> words)
{
    private const string Bash = "/bin/bash";

    /// <summary>bash where it is, because packages write their scripts for it.</summary>
    public string Program { get; } = File.Exists(Bash) ? Bash : "/bin/sh";

    public IReadOnlyList<string> Arguments => [Program, "-c", EmbeddedText.Read("run.sh"), words[0], .. words];

    public IReadOnlyCollection<string> Environment => session.EnvironmentWith(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["CONDA_PREFIX"] = prefix,
        ["CONDA_DEFAULT_ENV"] = Path.GetFileName(prefix),
        ["CONDA_SHLVL"] = "1",
        ["PATH"] = string.Join(':', session.SearchPath.Prepend(Path.Combine(prefix, "bin"))),
    });
}

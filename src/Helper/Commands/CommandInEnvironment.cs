using CondaFuse.Activation;
using CondaFuse.Helper.Output;

namespace CondaFuse.Helper.Commands;

/// <summary>A command as it is to be started for an environment: a shell that runs its activation scripts, then becomes the command.</summary>
/// <param name="session">The variables to start from.</param>
/// <param name="prefix">The environment.</param>
/// <param name="words">The command.</param>
internal sealed class CommandInEnvironment(Session session, string prefix, IReadOnlyList<string> words)
{
    private const string Bash = "/bin/bash";
    private const string NoByteCode = "PYTHONDONTWRITEBYTECODE";

    /// <summary>bash where it is, because packages write their scripts for it.</summary>
    public string Program { get; } = File.Exists(Bash) ? Bash : "/bin/sh";

    public IReadOnlyList<string> Arguments => [Program, "-c", EmbeddedText.Read("run.sh"), "condafuse", .. words];

    /// <summary>
    /// What activation sets (at the first level, whatever is active around it), and no byte code from imports, which would take the write lock
    /// (docs/decisions/0019).
    /// </summary>
    public IReadOnlyCollection<string> Environment
    {
        get
        {
            var name = Path.GetFileName(prefix);
            var changes = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var level in session.VariableNames.Where(variable => variable.StartsWith("CONDA_PREFIX_", StringComparison.Ordinal)))
            {
                changes[level] = null;
            }

            var contents = new PrefixReader(".sh", warning => Terminal.Error.WriteLine($"condafuse: warning: {warning}")).Read(prefix);
            foreach (var (variable, value) in contents.Variables.Where(pair => pair.Value != PrefixContents.UnsetMark))
            {
                changes[variable] = value;
            }

            changes["CONDA_PREFIX"] = prefix;
            changes["CONDA_DEFAULT_ENV"] = name;
            changes["CONDA_PROMPT_MODIFIER"] = $"({name}) ";
            changes["CONDA_SHLVL"] = "1";
            changes["PATH"] = string.Join(':', OwnPath());
            if (!session.IsSet(NoByteCode) && !changes.ContainsKey(NoByteCode))
            {
                changes[NoByteCode] = "1";
            }

            return session.EnvironmentWith(changes);
        }
    }

    /// <summary>Whether there is an environment to run something in; else says why not, rather than run another program of that name.</summary>
    public bool IsPossible()
    {
        var reason = ReasonAgainst();
        if (reason is not null)
        {
            Terminal.Error.WriteLine($"condafuse: cannot run '{words[0]}': {reason}");
        }

        return reason is null;
    }

    private string? ReasonAgainst()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(prefix).Any()
                ? null
                : $"the environment {prefix} is empty; 'condafuse log' shows its earlier generations";
        }
        catch (DirectoryNotFoundException)
        {
            return $"the environment {prefix} does not exist in its archive; 'condafuse log' shows the earlier generations";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"the environment {prefix} cannot be read by you";
        }
    }

    /// <summary>The environment's programs before the others, without those of the environment that is active around it.</summary>
    private IEnumerable<string> OwnPath()
    {
        var outer = session.Variable("CONDA_PREFIX") is { } active ? Path.Combine(active, "bin") : null;
        return session.SearchPath.Where(directory => directory != outer).Prepend(Path.Combine(prefix, "bin"));
    }
}

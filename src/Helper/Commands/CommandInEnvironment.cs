using CondaFuse.Activation;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands;

/// <summary>A command as it is to be started for an environment.</summary>
/// <param name="session">The variables to start from.</param>
/// <param name="prefix">The environment.</param>
/// <param name="words">The command.</param>
internal sealed class CommandInEnvironment(Session session, string prefix, IReadOnlyList<string> words)
{
    private const string Bash = "/bin/bash";
    private const string NoByteCode = "PYTHONDONTWRITEBYTECODE";

    private readonly Lazy<CommandSurroundings> _surroundings = new(() => CommandSurroundings.Of(
        session.AllVariables, prefix, new PrefixReader(".sh", warning => Message.Warning(warning)),
            CondaHere.FindOrAssume(session)));

    /// <summary>
    /// A shell that runs the environment's activation scripts, then becomes the command; bash where it is, because packages write their scripts for
    /// it.
    /// </summary>
    public string Shell { get; } = File.Exists(Bash) ? Bash : "/bin/sh";

    /// <summary>That shell's arguments.</summary>
    public IReadOnlyList<string> ShellArguments
    {
        get
        {
            var scripts = Dialect.Parse(EmbeddedText.Read("actions.posix"))
                .Render(_surroundings.Value.Scripts.Select(path => new ShellAction.Source(path)));
            return [Shell, "-c", scripts + EmbeddedText.Read("run.sh"), "condafuse", .. words];
        }
    }

    /// <summary>What activation sets, and no byte code from imports, which would take the write lock (docs/decisions/0019).</summary>
    public IReadOnlyCollection<string> Environment
    {
        get
        {
            var variables = _surroundings.Value.Variables;
            List<string> block = [.. variables.Select(pair => $"{pair.Key}={pair.Value}")];
            return variables.ContainsKey(NoByteCode) ? block : [.. block, $"{NoByteCode}=1"];
        }
    }

    /// <summary>
    /// Becomes the command: at once where no script has to run before it, else by way of the shell, which also says why a command cannot be started.
    /// </summary>
    public void Become()
    {
        if (_surroundings.Value.Scripts.Count == 0)
        {
            ProgramImage.TryReplace(words, _surroundings.Value.Variables.GetValueOrDefault("PATH") ?? string.Empty, Environment);
        }

        ProgramImage.Replace(Shell, ShellArguments, Environment);
    }

    /// <summary>Whether there is an environment to run something in; else says why not, rather than run another program of that name.</summary>
    public bool IsPossible()
    {
        var reason = ReasonAgainst();
        if (reason is not null)
        {
            Message.Error($"cannot run '{words[0]}': {reason}", reason == Unreadable ? null : "condafuse log NAME lists the earlier generations");
        }

        return reason is null;
    }

    private string Unreadable => $"you may not read the environment {prefix}";

    private string? ReasonAgainst()
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(prefix).Any()
                ? null
                : $"the environment {prefix} is empty";
        }
        catch (DirectoryNotFoundException)
        {
            return $"the archive holds no environment {prefix}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unreadable;
        }
    }
}

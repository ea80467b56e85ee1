using CondaFuse.Activation;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>A command to run in an environment.</summary>
/// <param name="session">The variables of this process.</param>
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
    /// A shell that runs the environment's activation scripts, then executes the command. bash if it is installed, because packages write their
    /// scripts for it.
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

    /// <summary>
    /// The variables that activation sets, plus one that keeps imports from writing byte code, which would take the write lock
    /// (docs/decisions/0019).
    /// </summary>
    public IReadOnlyCollection<string> Environment
    {
        get
        {
            var block = ActivatedVariables;
            return _surroundings.Value.Variables.ContainsKey(NoByteCode) ? block : [.. block, $"{NoByteCode}=1"];
        }
    }

    /// <summary>The variables after the activation, without those of its scripts.</summary>
    public IReadOnlyCollection<string> ActivatedVariables =>
        [.. _surroundings.Value.Variables.Select(pair => $"{pair.Key}={pair.Value}")];

    /// <summary>
    /// Executes the command in place of this process: directly if there are no activation scripts, otherwise through the shell, which also reports
    /// why a command cannot be started.
    /// </summary>
    public void Become()
    {
        if (_surroundings.Value.Scripts.Count == 0)
        {
            ProgramImage.TryReplace(words, _surroundings.Value.Variables.GetValueOrDefault("PATH") ?? string.Empty, Environment);
        }

        ProgramImage.Replace(Shell, ShellArguments, Environment);
    }

    /// <summary>Throws if the environment does not exist, rather than running another program of the same name.</summary>
    /// <exception cref="StoreException">Why not: <see cref="StoreFault.CannotRun"/>.</exception>
    public void RefuseIfImpossible()
    {
        if (ReasonAgainst() is { } reason)
        {
            throw Refused(reason);
        }
    }

    /// <summary>The failure for a reason of <see cref="ReasonAgainst"/>.</summary>
    public StoreException Refused(string reason) => new(StoreFault.CannotRun, $"cannot run '{words[0]}': {reason}")
    {
        Hint = reason == Unreadable ? null : "condafuse log NAME lists the earlier generations",
        Path = prefix,
    };

    private string Unreadable => $"you may not read the environment {prefix}";

    /// <summary>Why the command cannot be run; null if it can.</summary>
    public string? ReasonAgainst()
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

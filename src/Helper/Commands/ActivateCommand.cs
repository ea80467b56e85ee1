using System.Globalization;
using CondaFuse.Activation;
using CondaFuse.Helper.Commands.Registries;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// <c>condafuse activate --shell SHELL --pid PID -- NAME [--stack|--no-stack]</c> and <c>condafuse deactivate --shell SHELL --pid PID</c> print code
/// that the shell's functions evaluate. <c>condafuse active --shell SHELL --pid PID</c> only records what is active in the shell. They run at every
/// activation and are not for users, so they are not part of the command tree, which takes time to build.
/// </summary>
internal static class ActivateCommand
{
    public const string Activate = "activate";
    public const string Deactivate = "deactivate";
    public const string Active = "active";

    public static int Run(Session session, string[] words)
    {
        if (words is not [_, "--shell", "bash" or "zsh" or "fish", "--pid", var number, ..]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || (words[0] is Activate or NamedCommand.Command && words is not [_, _, _, _, _, "--", ..]))
        {
            Message.Error(
                $"'{words[0]}' prints text for the shell functions to evaluate",
                words[0] == Deactivate ? "conda deactivate"
                    : $"conda-fuse-activate {(words is [_, var name] && EnvironmentName.IsValid(name) ? ShellArgument.Of(name) : "NAME")}");
            return (int)ExitCode.Usage;
        }

        if (words[0] == NamedCommand.Command)
        {
            NamedCommand.Print(session, words[2], words[6..]);
            return (int)ExitCode.Success;
        }

        var state = new ShellState(session.AllVariables);
        if (words[0] == Active)
        {
            new ActiveShells(session.Layout.Runtime).Note(pid, state.Prefixes);
            return (int)ExitCode.Success;
        }

        var shell = new ShellSession(session, words[2]);
        var actions = words[0] == Deactivate ? shell.Try([Deactivate], activation => activation.Deactivate()) : Activated(session, shell, words[6..]);
        new ActiveShells(session.Layout.Runtime).Note(pid, state.After(actions).Prefixes);
        shell.Print(actions);
        return (int)ExitCode.Success;
    }

    private static IReadOnlyList<ShellAction> Activated(Session session, ShellSession shell, string[] given)
    {
        var name = Array.Find(given, word => !word.StartsWith('-')) ?? string.Empty;
        if (name.Length == 0)
        {
            throw new StoreException(StoreFault.BadName, "conda-fuse-activate needs NAME") { Hint = "conda-fuse-env-list" };
        }

        List<string> options = [.. given];
        options.Remove(name);
        var plan = JobMount.Mount(session, new RemoteSubject(session).ResolveUsual(name));
        EmptiedEnvironment.Refuse(session, plan);
        var prefix = plan.Prefix;
        string[] conda = [Activate, .. options, prefix];
        return options switch
        {
            [] => shell.Try(conda, activation => activation.Activate(prefix)),
            ["--stack"] => shell.Try(conda, activation => activation.Activate(prefix, stack: true)),
            ["--no-stack"] => shell.Try(conda, activation => activation.Activate(prefix, stack: false)),
            _ => [new ShellAction.Delegate(conda)],
        };
    }
}

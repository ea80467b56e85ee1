using System.CommandLine;
using System.Text;
using CondaFuse.Helper.Commands.Registries;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse shell NAME</c>: replaces this process by an interactive shell in which the environment is active.</summary>
internal static class ShellCommand
{
    public static Command Create(Session session)
    {
        var name = new Argument<string>("name") { Description = "Name of an environment" };
        var remote = new RemoteOptions();
        var command = new Command("shell", "Start a shell in an environment") { name };
        remote.AddTo(command);
        command.Add(CommonOptions.JsonFailure());
        command.SetAction(parsed =>
        {
            var wanted = remote.Resolve(session, parsed, parsed.GetRequiredValue(name));
            var plan = JobMount.Mount(session, wanted);
            EmptiedEnvironment.Refuse(session, plan);
            Become(session, wanted, plan);
        });
        return command;
    }

    private static void Become(Session session, string name, MountPlan plan)
    {
        var shell = session.Variable("SHELL") is { } own && Path.IsPathRooted(own) ? own : "/bin/sh";
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CONDA_FUSE_EXE"] = Session.Program, ["__conda_fuse_shell_name"] = name,
        };
        string[] options;
        switch (Path.GetFileName(shell))
        {
            case "bash":
                options = ["--rcfile", Path.Combine(Folder(session, ("bashrc", "interactive.bash")), "bashrc")];
                break;
            case "zsh":
                variables["__conda_fuse_shell_zdotdir"] = session.Variable("ZDOTDIR");
                variables["ZDOTDIR"] = Folder(session, (".zshenv", "interactive.zshenv"), (".zshrc", "interactive.zshrc"));
                options = [];
                break;
            case "fish":
                options = ["--init-command", EmbeddedText.Read("interactive.fish")];
                break;
            default:
                new CommandInEnvironment(session, plan.Prefix, [shell, "-i"]).Become();
                return;
        }

        ProgramImage.Replace(shell, [shell, .. options, "-i"], session.EnvironmentWith(variables));
    }

    /// <summary>A private folder with files that a shell reads when it starts.</summary>
    private static string Folder(Session session, params (string Name, string Text)[] files)
    {
        using var folder = PrivateFolder.OpenOrMake(Path.Combine(session.Layout.Runtime.Path, "shell"));
        foreach (var (file, text) in files)
        {
            folder.Write(file, Encoding.UTF8.GetBytes(EmbeddedText.Read(text)));
        }

        return folder.Path;
    }
}

using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse init SHELL</c>: prints the functions, and nothing else.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var shell = Shells.Argument();
        var script = new Option<bool>("--script") { Description = "Print conda-fuse.sh instead, the file that bash and zsh can source" };
        var command = new Command("init", "Print the shell functions: eval \"$(condafuse init bash)\", fish: condafuse init fish | source") { shell, script };
        command.SetAction(parsed => EmbeddedText.Print(parsed.GetValue(script) ? "conda-fuse.sh" : $"init.{parsed.GetRequiredValue(shell)}"));
        return command;
    }
}

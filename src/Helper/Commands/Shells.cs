using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary>The supported shells.</summary>
internal static class Shells
{
    public static Argument<string> Argument()
    {
        var argument = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        argument.OneOf("bash", "zsh", "fish");
        return argument;
    }
}

/// <summary><c>condafuse completions SHELL</c>.</summary>
internal static class CompletionsCommand
{
    public static Command Create()
    {
        var shell = Shells.Argument();
        var command = new Command("completions", "Print the completions of condafuse for a shell") { shell, CommonOptions.JsonFailure() };
        command.SetAction(parsed => EmbeddedText.Print($"completions.{parsed.GetRequiredValue(shell)}"));
        return command;
    }
}

/// <summary><c>condafuse init SHELL</c>: prints the shell functions, and nothing else.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var shell = Shells.Argument();
        var script = new Option<bool>("--script") { Description = "Print conda-fuse.sh instead, a file that bash and zsh can source" };
        var command = new Command("init", "Print the shell functions, for a shell to evaluate") { shell, script, CommonOptions.JsonFailure() };
        command.SetAction(parsed => EmbeddedText.Print(parsed.GetValue(script) ? "conda-fuse.sh" : $"init.{parsed.GetRequiredValue(shell)}"));
        return command;
    }
}

using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse completions SHELL</c>.</summary>
internal static class CompletionsCommand
{
    public static Command Create()
    {
        var shell = Shells.Argument();
        var command = new Command("completions", "Print the completions of 'condafuse' itself for a shell") { shell };
        command.SetAction(parsed => EmbeddedText.Print($"completions.{parsed.GetRequiredValue(shell)}"));
        return command;
    }
}

using System.CommandLine;

namespace CondaFuse.Helper.Commands;

/// <summary>The shells that there are functions for.</summary>
internal static class Shells
{
    public static Argument<string> Argument()
    {
        var argument = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        argument.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return argument;
    }
}

namespace CondaFuse.Helper;

/// <summary>Alternative names of commands, familiar from other programs.</summary>
internal static class CommandAliases
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal)
    {
        ["ls"] = "list", ["umount"] = "unmount", ["rm"] = "remove", ["delete"] = "remove", ["mv"] = "rename", ["cp"] = "clone",
    };

    /// <summary>The command line with aliases replaced by the commands' names.</summary>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> arguments) =>
        arguments is [var word, ..] && Commands.TryGetValue(word, out var command) ? [command, .. arguments.Skip(1)] : arguments;
}

namespace CondaFuse.Helper;

/// <summary>Other words for commands, as people know them from elsewhere.</summary>
internal static class CommandAliases
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal)
    {
        ["ls"] = "list", ["umount"] = "unmount", ["rm"] = "remove", ["delete"] = "remove", ["mv"] = "rename", ["cp"] = "clone",
    };

    /// <summary>The command line with the command's own name in place of an alias.</summary>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> arguments) =>
        arguments is [var word, ..] && Commands.TryGetValue(word, out var command) ? [command, .. arguments.Skip(1)] : arguments;
}

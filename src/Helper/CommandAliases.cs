namespace CondaFuse.Helper;

/// <summary>Alternative names of commands, familiar from other programs.</summary>
internal static class CommandAliases
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal)
    {
        ["ls"] = "list", ["umount"] = "unmount", ["rm"] = "remove", ["delete"] = "remove", ["mv"] = "rename", ["cp"] = "clone",
    };

    /// <summary>Commands of conda and other programs that this program leaves to conda, and what to run.</summary>
    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["install"] = InConda, ["update"] = InConda, ["upgrade"] = InConda, ["uninstall"] = InConda, ["search"] = "conda search PACKAGE",
        ["env"] = "condafuse list", ["envs"] = "condafuse list", ["version"] = "condafuse --version", ["exec"] = "condafuse run NAME -- COMMAND",
        ["undo"] = "condafuse rollback NAME GENERATION", ["history"] = "condafuse log NAME",
        ["login"] = "podman login REGISTRY, or docker login REGISTRY; condafuse uses their credentials",
        ["logout"] = "podman logout REGISTRY, or docker logout REGISTRY",
    };

    private const string InConda = "conda-fuse-activate NAME, then use conda or pip as in any environment";

    /// <summary>A hint for a word that is no command but means something elsewhere; null for any other.</summary>
    public static string? InsteadOf(string word) => Others.GetValueOrDefault(word);

    /// <summary>The command line with aliases replaced by the commands' names.</summary>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> arguments) =>
        arguments is [var word, ..] && Commands.TryGetValue(word, out var command) ? [command, .. arguments.Skip(1)] : arguments;
}

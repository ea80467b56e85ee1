using CondaFuse.Store;

namespace CondaFuse.Helper;

/// <summary>Other words for commands, as people know them from elsewhere.</summary>
internal static class CommandAliases
{
    private static readonly Dictionary<string, string> Commands = new(StringComparer.Ordinal) { ["ls"] = "list", ["umount"] = "unmount" };

    private static readonly string[] Removals = ["rm", "remove", "delete"];

    /// <summary>The command line with the command's own name in place of an alias.</summary>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> arguments) =>
        arguments is [var word, ..] && Commands.TryGetValue(word, out var command) ? [command, .. arguments.Skip(1)] : arguments;

    /// <summary>Whether somebody wants to delete an environment, which is done by hand.</summary>
    public static bool MeansRemoval(string word) => Removals.Contains(word);

    /// <summary>What to do instead, in a sentence.</summary>
    /// <param name="session">Knows where archives are.</param>
    /// <param name="name">The environment; null if none was named.</param>
    public static string HowToRemove(Session session, string? name)
    {
        var archive = name is not null && EnvironmentName.IsValid(name) ? session.Catalog.Find(EnvironmentName.Parse(name)) : null;
        return archive is null
            ? "unmount the environment and delete its archive; 'condafuse list' shows the names, 'condafuse paths' the directories"
            : $"conda-fuse-unmount {archive.Name}; rm '{archive.Path}'";
    }
}

namespace CondaFuse.Helper.Help;

/// <summary>All commands. To add one, add an entry to its group's class in this folder; nothing else must be registered.</summary>
internal static class CommandCatalog
{
    /// <summary>The groups, in the order of the help.</summary>
    public static IReadOnlyList<CommandGroup> Groups { get; } =
        [EnvironmentCommands.Group, HistoryCommands.Group, PackingCommands.Group, SharingCommands.Group, ToolCommands.Group, SetupCommands.Group];

    public static IEnumerable<CommandEntry> All => Groups.SelectMany(group => group.Commands);

    public static IEnumerable<string> Names => All.Select(entry => entry.Name);

    /// <summary>The command with a name; null if there is none.</summary>
    public static CommandEntry? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);
}

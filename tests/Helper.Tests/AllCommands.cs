using System.CommandLine;
using CondaFuse.Helper.Help;

namespace CondaFuse.Helper.Tests;

/// <summary>Parsers of all commands, below one root.</summary>
internal static class AllCommands
{
    public static Session Session { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = "/home/user" });

    public static Command Root()
    {
        var root = new Command("condafuse");
        foreach (var entry in CommandCatalog.All)
        {
            root.Add(entry.Create(Session, []));
        }

        return root;
    }
}

using System.CommandLine;
using CondaFuse.Helper.Output;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse paths</c>.</summary>
internal static class PathsCommand
{
    public static Command Create(Session session)
    {
        var json = CommonOptions.Json();
        var command = new Command("paths", "Show the directories of archives, mounts, locks and logs") { json };
        command.SetAction(parsed => Print(session, parsed.GetValue(json)));
        return command;
    }

    private static void Print(Session session, bool json)
    {
        var layout = session.Layout;
        (string Key, string Label, string Path)[] paths =
        [
            ("archives", "Compressed archives", layout.ArchiveSearchText),
            ("mountRoot", "Mount points", layout.MountRoot),
            ("runtime", "Locks, server records, logs", layout.Runtime.Path),
            ("registry", "conda's list of prefixes", layout.RegistryFile),
            ("program", "This program", Session.Program),
        ];
        if (json)
        {
            JsonOutput.Write(writer => Array.ForEach(paths, path => writer.WriteString(path.Key, path.Path)));
            return;
        }

        foreach (var (_, label, path) in paths)
        {
            Terminal.Out.WriteLine($"{label}: {path}");
        }
    }
}

/// <summary>Paths on the command line.</summary>
internal static class PathWords
{
    /// <summary>Makes an option refuse an empty value (an unset variable in a script), which is not a path.</summary>
    public static T NotEmpty<T>(this T option)
        where T : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError($"{option.Name} takes a path, not ''");
            }
        });
        return option;
    }

    /// <summary>The same for a positional path.</summary>
    public static T NotEmptyPath<T>(this T argument)
        where T : Argument
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError($"{argument.Name.ToUpperInvariant()} takes a path, not ''");
            }
        });
        return argument;
    }
}

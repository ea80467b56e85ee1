using CondaFuse.Activation;
using CondaFuse.Activation.Condarc;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// <c>condafuse named --shell SHELL --pid PID -- FUNCTION WORD...</c>: prints code that replaces the words of a conda command. The environments of
/// condafuse that it names are mounted, and their prefixes replace the names. The shell functions call it.
/// </summary>
internal static class NamedCommand
{
    public const string Command = "named";

    public static void Print(Session session, string shell, IReadOnlyList<string> words)
    {
        var dialect = Dialect.Parse(EmbeddedText.Read(shell == "fish" ? "actions.fish" : "actions.posix"));
        var replaced = CondaWords.Replace(words, name => PrefixOf(session, name), name => IsOurs(session, name));
        StandardStream.Write(StandardStream.Output, NativeText.Encode(dialect.Replace(replaced)));
    }

    private static string PrefixOf(Session session, string name)
    {
        var plan = MountCommand.Mount(session, name, directory: null).Plan;
        EmptiedEnvironment.Refuse(session, plan);
        return plan.Prefix;
    }

    /// <summary>Whether there is an archive of that name, and conda has no environment with the same name.</summary>
    private static bool IsOurs(Session session, string name) =>
        EnvironmentName.IsValid(name) && session.Catalog.Find(EnvironmentName.Parse(name)) is not null && !IsNative(session, name);

    private static bool IsNative(Session session, string name)
    {
        var ours = CanonicalPath.Resolve(session.Layout.MountPoint(EnvironmentName.Parse(name)));
        var root = CondaHere.Root(session);
        return CondarcSettings.EnvironmentFolders(session.AllVariables, session.Home, root)
            .Select(folder => Path.Combine(folder, name))
            .Any(path => Directory.Exists(path) && !$"{CanonicalPath.Resolve(path)}/".StartsWith($"{ours}/", StringComparison.Ordinal));
    }
}

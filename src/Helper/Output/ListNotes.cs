using CondaFuse.Store;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>Notes about an environment in the list.</summary>
/// <param name="ChangedFiles">Files with uncommitted changes; null if they cannot be read.</param>
/// <param name="IsPersonal">Whether the changes are in a personal layer.</param>
/// <param name="IsElsewhere">Whether the environment is mounted in another mount namespace.</param>
internal sealed record ListNotes(long? ChangedFiles, bool IsPersonal = false, bool IsElsewhere = false)
{
    /// <summary>Reads the uncommitted changes of all environments.</summary>
    public static IReadOnlyList<(EnvironmentStatus Status, ListNotes Notes)> Read(Session session, IReadOnlyList<EnvironmentStatus> environments)
    {
        var elsewhere = LiveMounts.Read(session.Layout).Elsewhere().Select(mount => mount.Archive).ToHashSet(StringComparer.Ordinal);
        return [.. environments.Select(environment => (environment, Read(
            session, environment, environment.Mount is null && elsewhere.Contains(environment.CanonicalArchive))))];
    }

    private static ListNotes Read(Session session, EnvironmentStatus environment, bool isElsewhere)
    {
        if (environment.Pending is not { Changes: > 0 })
        {
            return new ListNotes(environment.Pending is null ? null : 0, IsElsewhere: isElsewhere);
        }

        try
        {
            var difference = EnvironmentDifference.Read(session.Layout, session.Planner.Find(environment.Archive), session.Clock);
            return new ListNotes(
                difference.Paths.Count(path => path.EntryKind != EntryKind.Directory), difference.State.Place.IsPersonal, isElsewhere);
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            return new ListNotes(null, IsElsewhere: isElsewhere); // the list continues without the count
        }
    }

    /// <summary>Files and bytes: <c>3 (1.2M)</c>.</summary>
    public string Changes(EnvironmentStatus environment) => environment.Pending switch
    {
        null => "?",
        { Changes: 0 } => "-",
        var pending => $"{(ChangedFiles is { } files ? $"{files} file{(files == 1 ? string.Empty : "s")}" : "?")} ({Sizes.Human(pending.Bytes)})",
    };

    public static bool IsProblem(EnvironmentStatus environment) => environment is not { Problem: null, LastEnvironment: null };

    /// <summary>Marks, separated by commas; empty for an ordinary environment.</summary>
    public string Text(EnvironmentStatus environment)
    {
        List<string> marks = [];
        if (environment.Problem is { } problem)
        {
            marks.Add(problem);
        }
        else if (environment.LastEnvironment is { } last)
        {
            marks.Add($"empty; to restore it: condafuse rollback {ShellArgument.Of(environment.Name)} {last}");
        }

        if (environment.Format == "zip")
        {
            marks.Add("zip");
        }

        if (environment.Mount is { Entry.IsReadOnly: true })
        {
            marks.Add("read-only");
        }

        if (IsPersonal)
        {
            marks.Add("personal changes");
        }

        if (IsElsewhere)
        {
            marks.Add("mounted in another namespace");
        }

        return string.Join(", ", marks);
    }
}

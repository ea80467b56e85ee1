using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Store.Managing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse rename NAME NEW</c>.</summary>
internal static class RenameCommand
{
    public static Command Create(Session session)
    {
        var (subject, name, json) = (ManagedNames.Environment(), ManagedNames.New(), CommonOptions.Json());
        var command = new Command("rename", "Rename an environment") { subject, name, json };
        command.SetAction(parsed =>
        {
            var archive = session.Catalog.Get(EnvironmentName.Parse(parsed.GetRequiredValue(subject)));
            var renamed = new EnvironmentRenaming(session.Layout, session.Catalog, Session.Writer, session.Clock)
                .Run(archive, parsed.GetRequiredValue(name));
            EnvironmentLink.Keep(session, EnvironmentName.Parse(parsed.GetRequiredValue(name)));
            ManagedNames.Say(
                parsed.GetValue(json), $"Renamed '{archive.Name}' to '{parsed.GetRequiredValue(name)}': {renamed}", ("archive", renamed),
                bytes: null);
            return (int)ExitCode.Success;
        });
        return command;
    }
}

/// <summary><c>condafuse clone NAME NEW</c>.</summary>
internal static class CloneCommand
{
    public static Command Create(Session session)
    {
        var (subject, name, json) = (CommonOptions.Subject(), ManagedNames.New(), CommonOptions.Json());
        var command = new Command("clone", "Copy an environment with its history") { subject, name, json };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindFile(parsed.GetRequiredValue(subject));
            using var interrupt = new InterruptSource();
            var clone = new EnvironmentCloning(session.Layout, session.Catalog, session.Clock)
                .Run(archive, parsed.GetRequiredValue(name), interrupt.Token);
            if (clone.LeftOut > 0)
            {
                Terminal.Error.WriteLine(
                    $"condafuse: uncommitted changes of '{archive.Name}' are not in the copy: "
                    + $"'condafuse commit {ShellArgument.Of(archive.Name)} --to NEW' makes an archive with them");
            }

            if (Path.GetFileNameWithoutExtension(clone.Archive) is var named && EnvironmentName.IsValid(named)
                && session.Catalog.Find(EnvironmentName.Parse(named)) is { } found && found.Path == clone.Archive)
            {
                EnvironmentLink.Keep(session, found.Name);
            }

            ManagedNames.Say(
                parsed.GetValue(json), $"Cloned '{archive.Name}' to {clone.Archive} ({Sizes.Human(clone.Bytes)})", ("archive", clone.Archive),
                clone.Bytes);
            return (int)ExitCode.Success;
        });
        return command;
    }
}

/// <summary><c>condafuse remove NAME</c>.</summary>
internal static class RemoveCommand
{
    public static Command Create(Session session)
    {
        var (subject, yes, json) = (ManagedNames.Environment(), CommonOptions.Yes(), CommonOptions.Json());
        var command = new Command("remove", "Delete an environment") { subject, yes, json };
        command.SetAction(parsed =>
        {
            var archive = session.Catalog.Get(EnvironmentName.Parse(parsed.GetRequiredValue(subject)));
            using var removal = EnvironmentRemoval.Begin(session.Layout, archive, Session.Writer, session.Clock);
            var bytes = removal.Bytes;
            Terminal.Error.WriteLine(
                removal.LinkTarget is { } target
                    ? $"condafuse: this removes the symlink {archive.Path}; {target} stays"
                    : $"condafuse: this deletes {archive.Path} ({Sizes.Human(bytes)}) with its history");
            if (removal.Changes is { } changes)
            {
                Terminal.Error.WriteLine($"  and the uncommitted changes in {changes}");
            }

            Question.Demand($"Remove '{archive.Name}'?", parsed.GetValue(yes));
            removal.Run();
            ManagedNames.Say(parsed.GetValue(json), $"Removed '{archive.Name}'", ("removed", archive.Path), bytes);
            return (int)ExitCode.Success;
        });
        return command;
    }
}

/// <summary>Shared code of the three commands.</summary>
internal static class ManagedNames
{
    public static Argument<string> Environment() => new("name") { Description = "Name of an environment" };

    public static Argument<string> New() => new("new") { Description = "Its new name" };

    public static void Say(bool json, string text, (string Name, string Path) result, long? bytes)
    {
        if (!json)
        {
            Terminal.Out.WriteLine(text);
            return;
        }

        JsonOutput.Write(writer =>
        {
            writer.WriteString(result.Name, result.Path);
            if (bytes is { } length)
            {
                writer.WriteNumber("bytes", length);
            }
        });
    }
}

using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse discard NAME</c>.</summary>
internal static class DiscardCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var yes = CommonOptions.Yes();
        var json = CommonOptions.Json();
        var command = new Command("discard", "Drop uncommitted changes") { subject, yes, json };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            using var discarding = ChangeDiscarding.Begin(session.Layout, archive, Session.Writer, session.Clock);
            if (!discarding.HasChanges)
            {
                Print(archive, bytes: 0, $"No uncommitted changes in '{archive.Name}'", parsed.GetValue(json));
                return (int)ExitCode.Success;
            }

            Message.Error($"this permanently removes the uncommitted changes of '{archive.Name}': {Describe(session, archive)}");
            Terminal.Error.WriteLine($"  in {discarding.Folder} ({Sizes.Human(discarding.Bytes)})");
            Question.Demand("Remove them?", parsed.GetValue(yes));

            var bytes = discarding.Bytes;
            discarding.Remove();
            Print(archive, bytes, $"Removed the uncommitted changes of '{archive.Name}'", parsed.GetValue(json));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static void Print(Archive archive, long bytes, string text, bool json) => JsonOutput.WriteOr(json, text, writer =>
    {
        writer.WriteString("name", archive.Name.Value);
        writer.WriteString("archive", archive.Path);
        writer.WriteNumber("bytes", bytes);
    });

    /// <summary>The changes that will be lost; if they do not fit the archive, why that is unknown.</summary>
    private static string Describe(Session session, Archive archive)
    {
        try
        {
            var difference = EnvironmentDifference.Read(session.Layout, archive, session.Clock);
            var packages = difference.Packages.Count > 0 ? $"{difference.Packages.Count} "
                + $"package{(difference.Packages.Count == 1 ? string.Empty : "s")}, " : string.Empty;
            return $"{packages}files: {DifferenceReport.Count(difference.Paths)}";
        }
        catch (StoreException failure) when (failure.Fault == StoreFault.Mismatched)
        {
            return "they do not fit the current archive, so they cannot be listed";
        }
        catch (Exception failure) when (failure is StoreException or TreeException)
        {
            return $"they cannot be listed: {failure.Message}";
        }
    }
}

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
        var command = new Command("discard", "Drop uncommitted changes") { subject, yes };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            using var discarding = ChangeDiscarding.Begin(session.Layout, archive, Session.Writer, session.Clock);
            if (!discarding.HasChanges)
            {
                Terminal.Out.WriteLine($"nothing was changed in '{archive.Name}'");
                return (int)ExitCode.Success;
            }

            Terminal.Error.WriteLine($"condafuse: this drops for good what was changed in '{archive.Name}': {Describe(session, archive)}");
            Terminal.Error.WriteLine($"  in {discarding.Folder} ({Sizes.Human(discarding.Bytes)})");
            if (!Question.IsAnswered("Drop them?", parsed.GetValue(yes)))
            {
                Terminal.Error.WriteLine("condafuse: nothing was dropped");
                return (int)ExitCode.Failed;
            }

            discarding.Remove();
            Terminal.Out.WriteLine($"Dropped the changes of '{archive.Name}'");
            return (int)ExitCode.Success;
        });
        return command;
    }

    /// <summary>What is lost; where the changes do not fit the archive, why nobody can say.</summary>
    private static string Describe(Session session, Archive archive)
    {
        try
        {
            var difference = EnvironmentDifference.Read(session.Layout, archive, session.Clock);
            var packages = difference.Packages.Count > 0 ? $"{difference.Packages.Count} package(s), " : string.Empty;
            return $"{packages}files: {DifferenceReport.Count(difference.Paths)}";
        }
        catch (StoreException failure) when (failure.Fault == StoreFault.Mismatched)
        {
            return "nobody can say what, as it does not fit the archive as it is now";
        }
        catch (Exception failure) when (failure is StoreException or TreeException)
        {
            return $"nobody can say what, {failure.Message}";
        }
    }
}

using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store.Committing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse rollback NAME GENERATION</c>.</summary>
internal static class RollbackCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var generation = new Argument<long>("generation") { Description = "The generation to go back to (condafuse log)" }.TakingGeneration();
        var message = MessageOption.Create("What the history shall say");
        var command = new Command("rollback", "Give an earlier generation of an archive back, as a new generation: going forward again works the same way") { subject, generation, message };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindImage(parsed.GetRequiredValue(subject));
            EmptiedEnvironment.Unmount(session, archive);
            var number = parsed.GetRequiredValue(generation);
            var result = new GenerationRestoring(session.Layout, Session.Writer, session.Clock)
                .Restore(archive, number, parsed.GetValue(message), Environment.ProcessorCount);
            Terminal.Out.WriteLine($"'{archive.Name}' is at generation {result.Info.Generation} now, which is generation {number} again: {GenerationWords.Of(result.Difference)}");
        });
        return command;
    }
}

using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse mount NAME|IMAGE [DIRECTORY]</c>.</summary>
internal static class MountCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var directory = new Argument<string?>("directory")
        {
            Description = "Where to mount it; by default NAME below the mount root", Arity = ArgumentArity.ZeroOrOne,
        };
        var printPrefix = new Option<bool>("--print-prefix") { Description = "Print the environment's prefix and nothing else on standard output" };
        var json = new Option<bool>("--json") { Description = "For scripts" };
        var command = new Command("mount", "Mount an environment, unless it is mounted") { subject, directory, printPrefix, json };
        command.SetAction(parsed =>
        {
            var (plan, outcome) = Mount(session, parsed.GetRequiredValue(subject), parsed.GetValue(directory));
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer =>
                {
                    writer.WriteString("mountPoint", plan.MountPoint);
                    writer.WriteString("prefix", plan.Prefix);
                    writer.WriteString("archive", plan.Archive);
                    writer.WriteBoolean("wasMounted", outcome == MountOutcome.AlreadyMounted);
                });
            }
            else
            {
                Console.WriteLine(parsed.GetValue(printPrefix) ? plan.Prefix : Say(plan, outcome));
            }
        });
        return command;
    }

    /// <summary>Has an environment mounted and its prefix registered; what is unusual goes to standard error.</summary>
    public static (MountPlan Plan, MountOutcome Outcome) Mount(Session session, string subject, string? directory)
    {
        var plan = session.Planner.Plan(subject, directory);
        var outcome = session.Keeper.Ensure(plan);
        if (outcome == MountOutcome.Repaired)
        {
            Console.Error.WriteLine($"condafuse: the server of {plan.MountPoint} had died; mounted it anew");
        }

        Register(session, plan);
        return (plan, outcome);
    }

    private static void Register(Session session, MountPlan plan)
    {
        try
        {
            new EnvironmentRegistry(session.Layout.RegistryFile).Add(plan.Prefix);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Only a convenience of 'conda env list' is lost.
            Console.Error.WriteLine($"condafuse: warning: {plan.Prefix} could not be registered with conda: {failure.Message}");
        }
    }

    private static string Say(MountPlan plan, MountOutcome outcome) =>
        outcome == MountOutcome.AlreadyMounted ? $"{plan.Archive} is mounted at {plan.MountPoint}" : $"Mounted {plan.Archive} at {plan.MountPoint} (read-only)";
}

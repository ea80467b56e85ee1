using System.CommandLine;
using CondaFuse.Activation;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse slurm KIND [NAME]</c>: prints scripts for Slurm.</summary>
internal static class SlurmCommand
{
    private const string Epilog = "epilog";

    private static readonly string[] Kinds = ["sbatch", "sbcast", "keeper", "task-prolog", Epilog];

    public static Command Create(Session session)
    {
        var kind = new Argument<string>("kind") { Description = "sbatch, sbcast, keeper, task-prolog or epilog" }.OneOf(Kinds);
        var name = new Argument<string?>("name") { Description = "Name of an environment", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("slurm", "Print batch scripts, a TaskProlog or an Epilog for Slurm") { kind, name, CommonOptions.JsonFailure() };
        command.Validators.Add(result =>
        {
            if (result.GetValue(kind) is { } what && what == Epilog == result.GetValue(name) is not null)
            {
                result.AddError(what == Epilog ? "slurm epilog takes no NAME" : $"slurm {what} needs NAME");
            }
        });
        command.SetAction(parsed => Print(session, parsed.GetRequiredValue(kind), parsed.GetValue(name)));
        return command;
    }

    private static void Print(Session session, string kind, string? name)
    {
        var text = EmbeddedText.Read($"slurm.{kind}");
        if (name is not null)
        {
            var plan = session.Planner.Plan(session.Catalog.Get(EnvironmentName.Parse(name)).Name.Value, directory: null);
            var top = Path.GetRelativePath(session.Layout.MountPoint(EnvironmentName.Parse(name)), plan.Prefix);
            var posix = Dialect.Parse(EmbeddedText.Read("actions.posix"));
            text = text.Replace("%TOP%", posix.Words(top), StringComparison.Ordinal)
                .Replace("%ARCHIVE%", posix.Words(plan.Archive), StringComparison.Ordinal)
                .Replace("%NAME%", posix.Words(name), StringComparison.Ordinal);
        }

        StandardStream.Write(StandardStream.Output, NativeText.Encode(text));
    }
}

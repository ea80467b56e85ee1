using System.CommandLine;
using CondaFuse.EnvironmentFiles;
using CondaFuse.Helper.Commands.Creating;
using CondaFuse.Store;
using CondaFuse.Store.Creating;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse create NAME [conda's arguments…]</c>.</summary>
internal static class CreateCommand
{
    private const string FormatVariable = "CONDA_FUSE_FORMAT";

    public static Command Create(Session session, IReadOnlyList<string> rest)
    {
        var name = new Argument<string>("name")
        {
            Description = "Name of the new environment",
        };
        var file = new Option<string?>("--file", "-f")
        {
            Description = "Create what a file describes: environment.yml, explicit list, conda-lock.yml, pixi.lock, requirements.txt or a "
                + "list of packages",
            HelpName = "file",
        }.NotEmpty();
        var environment = new Option<string?>("--environment")
        {
            Description = "Environment of a pixi.lock; default 'default'", HelpName = "name",
        };
        var category = new Option<string[]>("--category")
        {
            Description = "Category of a conda-lock.yml besides 'main'; may be repeated", HelpName = "name", Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<string?>("--format")
        {
            Description = "Format of the archive: squashfs (default) or zip", HelpName = "format",
        };
        format.OneOf([.. ArchiveFormats.All.Select(known => known.Name())]);
        var trial = new Option<string?>("--try")
        {
            Description = "Command to run once in the new environment: what it reads is stored together, for quick first starts",
            HelpName = "command",
        }.NotEmpty();
        var resume = new Option<bool>("--resume")
        {
            Description = "Make the archive from what an interrupted creation left",
        };
        var drop = new Option<bool>("--drop") { Description = "Remove what an interrupted creation left" };
        var json = CommonOptions.Json();
        var command = new Command("create", "Create an environment with conda and keep it as one file")
        {
            name, file, environment, category, format, trial, resume, drop, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(resume) && result.GetValue(drop))
            {
                result.AddError("give --resume or --drop, not both");
            }

            if (result.GetValue(file) is null && (result.GetValue(environment) is not null || result.GetValue(category) is { Length: > 0 }))
            {
                result.AddError("--environment and --category select from a lockfile: give it with --file");
            }

            if (CreationArguments.FindPlace(rest) is { } place)
            {
                result.AddError(
                    $"create takes no '{place}': NAME decides where the environment is created");
            }
        });
        command.SetAction(parsed =>
        {
            var (isResumed, isDropped) = (parsed.GetValue(resume), parsed.GetValue(drop));
            var text = parsed.GetRequiredValue(name);
            var made = isResumed || isDropped ? EnvironmentName.Parse(text) : EnvironmentName.ParseNew(text);
            var source = parsed.GetValue(file) is { } path && !isDropped
                ? new FileSource(session, path, new LockSelection(parsed.GetValue(environment), parsed.GetValue(category) ?? []))
                : null;
            new CreateCommandRun(session, made, Format(session, parsed.GetValue(format)), rest, source, parsed.GetValue(json))
            {
                Trial = parsed.GetValue(trial) is { } tried ? new Trial(session, made, tried) : null,
            }.Run(isResumed, isDropped);
        });
        return command;
    }

    private static ArchiveFormat Format(Session session, string? wanted) =>
        (wanted ?? session.Variable(FormatVariable)) is not { } name
            ? ArchiveFormat.SquashFs
            : ArchiveFormats.Find(name)
                ?? throw new StoreException(StoreFault.BadName, Settings.Mistake(session, FormatVariable)!);
}

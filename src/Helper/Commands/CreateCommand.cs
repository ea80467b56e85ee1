using System.CommandLine;
using CondaFuse.Store;
using CondaFuse.Store.Creating;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse create NAME [conda's arguments…]</c>.</summary>
internal static class CreateCommand
{
    private const string FormatVariable = "CONDA_FUSE_FORMAT";

    public static Command Create(Session session, IReadOnlyList<string> rest)
    {
        var name = new Argument<string>("name") { Description = "Name of the new environment; what follows it and is no option of ours goes to 'conda create', as does all that follows --" };
        var resume = new Option<bool>("--resume") { Description = "Seal what an interrupted creation left; runs conda only if arguments for it follow" };
        var drop = new Option<bool>("--drop") { Description = "Remove what an interrupted creation left, and create nothing" };
        var format = new Option<string?>("--format") { Description = "squashfs or zip. By default what CONDA_FUSE_FORMAT says, or squashfs", HelpName = "format" };
        format.AcceptOnlyFromAmong([.. ArchiveFormats.All.Select(known => known.Name())]);
        var command = new Command("create", "Create an environment with conda, seal it into one file, and mount it") { name, format, resume, drop };
        command.Validators.Add(result =>
        {
            if (result.GetValue(resume) && result.GetValue(drop))
            {
                result.AddError("--resume and --drop exclude each other");
            }

            if (CreationArguments.FindPlace(rest) is { } place)
            {
                result.AddError(
                    $"conda's option '{place}' is not possible here: the name before conda's arguments says where the environment is made. Without "
                    + "it:\n"
                    + "  conda-fuse-create NAME PACKAGES...");
            }
        });
        command.SetAction(parsed =>
        {
            var (isResumed, isDropped) = (parsed.GetValue(resume), parsed.GetValue(drop));
            var text = parsed.GetRequiredValue(name);
            var made = isResumed || isDropped ? EnvironmentName.Parse(text) : EnvironmentName.ParseNew(text);
            return (int)new CreateCommandRun(session, made, Format(session, parsed.GetValue(format)), rest).Run(isResumed, isDropped);
        });
        return command;
    }

    private static ArchiveFormat Format(Session session, string? wanted) =>
        (wanted ?? session.Variable(FormatVariable)) is not { } name
            ? ArchiveFormat.SquashFs
            : ArchiveFormats.Find(name)
                ?? throw new StoreException(StoreFault.BadName, $"{FormatVariable} is '{name}', which is neither 'squashfs' nor 'zip'");
}

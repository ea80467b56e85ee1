using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Registry;
using CondaFuse.Registry.Transfer;
using CondaFuse.Store;
using CondaFuse.Store.Layers;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary><c>condafuse push NAME REF</c>.</summary>
internal static class PushCommand
{
    public static Command Create(Session session)
    {
        var (subject, reference, options, json) = (CommonOptions.Subject(), RegistryOptions.Reference(), new RegistryOptions(), CommonOptions.Json());
        var force = new Option<bool>("--force") { Description = "Replace the tag, whatever it names" };
        var command = new Command("push", "Upload an environment to a registry") { subject, reference, force };
        options.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var archive = MountPlanner.DemandFile(session.Planner.FindImage(parsed.GetRequiredValue(subject)));
            var target = RegistryReference.Parse(parsed.GetRequiredValue(reference));
            var progress = ProgressLine.Start(session.Clock, "pushing");
            var push = new EnvironmentPush(options.Settings(session, parsed), target)
            {
                Name = ShellArgument.Of(archive.Name), Prefix = ArchiveView.RecordedPrefix(archive), Force = parsed.GetValue(force),
                Progress = progress,
            };
            try
            {
                using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(CanonicalPath.Resolve(archive.Path))!);
                using var file = folder?.Open(Path.GetFileName(CanonicalPath.Resolve(archive.Path)), StorageAccess.Read)
                    ?? throw new StoreException(StoreFault.NotFound, $"the folder of {archive.Path} is gone");
                var outcome = RegistryOptions.Wait(cancellation => push.RunAsync(file, archive.Path, cancellation));
                progress.Clear();
                Print(archive, outcome, parsed.GetValue(json));
            }
            finally
            {
                progress.Clear();
            }

            if (KeptChanges.Count(ArchiveState.Read(session.Layout, archive.Path), session.Clock).Changes > 0)
            {
                Message.Error(
                    $"uncommitted changes of '{archive.Name}' were not pushed",
                    $"condafuse commit {ShellArgument.Of(archive.Name)}, then push again");
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    private static void Print(Archive archive, PushOutcome outcome, bool json)
    {
        var text = outcome.IsUpToDate
            ? $"{outcome.Reference} is generation {outcome.Generation} of '{archive.Name}' already"
            : $"Pushed generation {outcome.Generation} of '{archive.Name}' to {outcome.Reference} "
                + $"({Sizes.Human(outcome.SentBytes)} sent of {Sizes.Human(outcome.ImageBytes)})";
        JsonOutput.WriteOr(json, [text, $"  {outcome.Digest}"], writer =>
        {
            writer.WriteString("name", archive.Name.Value);
            writer.WriteString("reference", outcome.Reference.ToString());
            writer.WriteString("digest", outcome.Digest.ToString());
            writer.WriteNumber("generation", outcome.Generation);
            writer.WriteNumber("bytes", outcome.ImageBytes);
            writer.WriteNumber("sentBytes", outcome.SentBytes);
            writer.WriteBoolean("upToDate", outcome.IsUpToDate);
        });
    }
}

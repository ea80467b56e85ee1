using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Registry;
using CondaFuse.Registry.Transfer;
using CondaFuse.Store;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Managing;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary><c>condafuse pull REF [NAME]</c>.</summary>
internal static class PullCommand
{
    public static Command Create(Session session)
    {
        var (reference, options, json) = (RegistryOptions.Reference(), new RegistryOptions(), CommonOptions.Json());
        var name = new Argument<string?>("name")
        {
            Description = "Name of the environment; default: the end of the repository", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("pull", "Download an environment, or its new generations, from a registry") { reference, name };
        options.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var source = RegistryReference.Parse(parsed.GetRequiredValue(reference));
            var target = EnvironmentName.ParseNew(parsed.GetValue(name) ?? source.LastName);
            var progress = ProgressLine.Start(session.Clock, "pulling");
            PullReport report;
            try
            {
                report = RegistryOptions.Wait(cancellation => RunAsync(
                    session, options.Settings(session, parsed), source, target, progress, cancellation));
            }
            finally
            {
                progress.Clear();
            }

            EnvironmentLink.Keep(session, target);
            Print(target, report, parsed.GetValue(json));
            if (report.LocalGeneration is null && ArchiveState.Read(session.Layout, report.Archive).Place.HasChanges)
            {
                Message.Error(
                    $"uncommitted changes of '{target}' build on an earlier generation, and are kept",
                    $"condafuse rebase {ShellArgument.Of(target)} carries them over");
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    private static async Task<PullReport> RunAsync(
        Session session, RegistrySettings settings, RegistryReference source, EnvironmentName name, ProgressLine progress,
        CancellationToken cancellation)
    {
        using var pull = await EnvironmentPull.OpenAsync(settings, source, cancellation);
        pull.Progress = progress;
        if (session.Catalog.Find(name) is not { } archive)
        {
            using var received = ReceivedArchive.New(session.Layout, session.Catalog, name);
            return await ReceiveAsync(pull, received, received.Leftovers, cancellation);
        }

        var path = CanonicalPath.Resolve(archive.Path);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(path)!);
        using var known = folder?.Open(Path.GetFileName(path), StorageAccess.Read)
            ?? throw new StoreException(StoreFault.NotFound, $"the folder of {archive.Path} is gone");
        var image = StoredImage.Read(known, path);
        switch (image is null ? HistoryRelation.Unrelated : pull.Compare(image))
        {
            case HistoryRelation.Same or HistoryRelation.LocalIsAhead:
                return new PullReport(pull.Environment, path, 0) { LocalGeneration = image!.Version.Generation };
            case HistoryRelation.RemoteIsAhead:
                using (var received = ReceivedArchive.Replacing(session.Layout, archive, Session.Writer, session.Clock, pull.Holds(image!)))
                {
                    return await ReceiveAsync(pull, received, [known, .. received.Leftovers], cancellation);
                }

            case HistoryRelation.Diverged:
                throw Exists(
                    archive, source, $"'{name}' and {source} were both changed since their common generation; nothing was changed");
            default:
                throw Exists(archive, source, $"'{name}' is another environment than {source}; nothing was changed");
        }
    }

    private static StoreException Exists(Archive archive, RegistryReference source, string message) => new(StoreFault.AlreadyExists, message)
    {
        Path = archive.Path,
        Hint = $"condafuse pull {source} NEW gets it under another name",
    };

    private static async Task<PullReport> ReceiveAsync(
        EnvironmentPull pull, ReceivedArchive received, IReadOnlyList<IStorageFile> known, CancellationToken cancellation)
    {
        try
        {
            await pull.WriteAsync(received.File, received.Path, known, cancellation);
        }
        catch (Exception failure) when (failure is OperationCanceledException or RegistryException { Fault: not RegistryFault.Damaged })
        {
            received.Keep();
            throw;
        }

        cancellation.ThrowIfCancellationRequested();
        received.Publish();
        return new PullReport(pull.Environment, received.Path, pull.FetchedBytes);
    }

    private static void Print(EnvironmentName name, PullReport report, bool json)
    {
        var config = report.Environment.Config;
        var text = report.LocalGeneration is { } local
            ? $"'{name}' is at generation {local}; {report.Environment.Reference} has nothing newer"
            : $"Pulled generation {config.Generation.Number} of {report.Environment.Reference} as '{name}' "
                + $"({Sizes.Human(report.FetchedBytes)} fetched of {Sizes.Human(config.Bytes)})";
        JsonOutput.WriteOr(json, [text, $"  {report.Environment.Digest}"], writer =>
        {
            writer.WriteString("name", name.Value);
            writer.WriteString("archive", report.Archive);
            writer.WriteString("reference", report.Environment.Reference.ToString());
            writer.WriteString("digest", report.Environment.Digest.ToString());
            writer.WriteNumber("generation", report.LocalGeneration ?? config.Generation.Number);
            writer.WriteNumber("bytes", config.Bytes);
            writer.WriteNumber("fetchedBytes", report.FetchedBytes);
            writer.WriteBoolean("upToDate", report.LocalGeneration is not null);
        });
    }

    /// <param name="Environment">What the reference names.</param>
    /// <param name="Archive">The path of the archive.</param>
    /// <param name="FetchedBytes">Bytes of content that came from the registry.</param>
    private sealed record PullReport(RemoteEnvironment Environment, string Archive, long FetchedBytes)
    {
        /// <summary>The archive's generation if the registry has nothing newer; else null.</summary>
        public long? LocalGeneration { get; init; }
    }
}

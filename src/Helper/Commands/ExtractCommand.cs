using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse extract IMAGE DIRECTORY</c>.</summary>
internal static class ExtractCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var directory = new Argument<string>("directory")
        {
            Description = "Directory for the content; must be empty or not exist",
        }.NotEmptyPath();
        var threads = ThreadsOption.Create();
        var special = new Option<bool>("--preserve-special")
        {
            Description =
                "Restore set-ID bits, devices and security attributes; only as root, and for images that you trust",
        };
        var asIs = new Option<bool>("--as-is") { Description = "Keep the prefix that the archive has" };
        var json = CommonOptions.Json();
        var command = new Command("extract", "Unpack an image into a directory") { subject, directory, asIs, threads, special, json };
        command.SetAction(parsed => Extract(
            session,
            session.Planner.Find(parsed.GetRequiredValue(subject)),
            parsed.GetRequiredValue(directory),
            parsed.GetValue(asIs),
            new ExtractOptions
            {
                Threads = ThreadsOption.Count(parsed.GetValue(threads)), KeepOwners = Identity.IsRoot,
                PreserveSpecial = Allowed(parsed.GetValue(special)),
            },
            parsed.GetValue(json)));
        return command;
    }

    private static bool Allowed(bool special) => special && !Identity.IsRoot
        ? throw new StoreException(StoreFault.Unsupported, "only root can use --preserve-special; nothing was extracted")
        : special;

    private static void Extract(Session session, Archive archive, string target, bool asIs, ExtractOptions options, bool json)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{target} exists and is not empty") { Path = target };
        }

        var progress = ProgressLine.Start(session.Clock, "extracting");
        ExtractResult result;
        string? prefix;
        List<string> notes = [];
        try
        {
            using var interrupt = new InterruptSource();
            ContentVerification.Demand(archive.Path, options.Threads, interrupt.Token);
            (var tree, prefix) = asIs ? (ImageTree.Open(archive.Path), null) : ArchiveView.OpenInto(session.Layout, archive, target, notes.Add);
            using var opened = tree;
            var isNew = !Directory.Exists(target);
            try
            {
                result = Extractor.Extract(tree, target, options, progress, interrupt.Token);
            }
            catch (Exception failure) when (failure is not TreeException { Failure: TreeFailure.NotEmpty })
            {
                Remove(target, isNew);
                throw;
            }
        }
        finally
        {
            progress.Clear();
        }

        Warnings.Write([.. notes, .. result.Warnings]);
        var place = prefix is null ? target : $"{target}, for the prefix {prefix}";
        JsonOutput.WriteOr(json, $"Extracted {result.Counts.Total} files, {Sizes.Human(result.ContentBytes)}, into {place}", writer =>
        {
            writer.WriteString("archive", archive.Path);
            writer.WriteString("path", Path.GetFullPath(target));
            writer.WriteString("prefix", prefix);
            writer.WriteNumber("files", result.Counts.Total);
            writer.WriteNumber("uncompressedBytes", result.ContentBytes);
            writer.WriteTexts("warnings", [.. notes, .. result.Warnings]);
        });
    }

    /// <summary>The extracted entries are removed already; the directory is removed too if it was created.</summary>
    private static void Remove(string target, bool isNew)
    {
        try
        {
            if (isNew)
            {
                EntryRemoval.EmptyDirectory(target);
            }
        }
        catch (PlatformException failure) when (failure.Errno != Errno.ENOENT)
        {
            Message.Error($"{target} is incomplete and could not be removed: {failure.Message}", $"rm -r '{target}'");
        }
        catch (PlatformException)
        {
            // It was not created at all.
        }
    }
}

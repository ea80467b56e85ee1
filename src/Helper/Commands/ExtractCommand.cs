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
        var subject = new Argument<string>("name") { Description = "The path of an image, or an environment's name" };
        var directory = new Argument<string>("directory") { Description = "Where its content goes: a directory that is empty or does not exist" }.NotEmptyPath();
        var threads = ThreadsOption.Create();
        var command = new Command("extract", "Unpack an image into a directory") { subject, directory, threads };
        command.SetAction(parsed => Extract(
            session,
            session.Planner.Find(parsed.GetRequiredValue(subject)).Path,
            parsed.GetRequiredValue(directory),
            new ExtractOptions { Threads = ThreadsOption.Count(parsed.GetValue(threads)), KeepOwners = Identity.IsRoot }));
        return command;
    }

    private static void Extract(Session session, string image, string target, ExtractOptions options)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{target} is there already, and is no empty directory");
        }

        var progress = new ProgressLine(session.Clock, "extracting");
        ExtractResult result;
        try
        {
            using var interrupt = new InterruptSource();
            SoundContent.Demand(image, options.Threads, interrupt.Token);
            using var tree = ImageTree.Open(image);
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

        Warnings.Write(result.Warnings);
        Console.WriteLine($"Extracted {result.Counts.Total} files, {Sizes.Human(result.ContentBytes)}, into {target}");
    }

    /// <summary>Half a tree is worth nothing: what was made goes, as the directory was empty.</summary>
    private static void Remove(string target, bool isNew)
    {
        if (!Directory.Exists(target))
        {
            return;
        }

        try
        {
            using (var directory = EntryOpening.Directory(target))
            {
                EntryRemoval.Below(directory);
            }

            if (isNew)
            {
                Directory.Delete(target);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PlatformException)
        {
            Console.Error.WriteLine($"condafuse: {target} is incomplete, and could not be removed: {failure.Message}");
        }
    }
}

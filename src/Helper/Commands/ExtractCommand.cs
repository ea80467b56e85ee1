using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse extract IMAGE DIRECTORY</c>.</summary>
internal static class ExtractCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "The path of an image, or an environment's name" };
        var directory = new Argument<string>("directory") { Description = "Where its content goes: a directory that is empty or does not exist" };
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
            result = Extractor.Extract(tree, target, options, progress, interrupt.Token);
        }
        finally
        {
            progress.Clear();
        }

        Warnings.Write(result.Warnings);
        Console.WriteLine($"Extracted {result.Counts.Total} files, {Sizes.Human(result.ContentBytes)}, into {target}");
    }
}

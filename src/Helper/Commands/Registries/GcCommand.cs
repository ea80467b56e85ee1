using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store.Managing;

namespace CondaFuse.Helper.Commands.Registries;

/// <summary><c>condafuse gc</c>.</summary>
internal static class GcCommand
{
    public static Command Create(Session session)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only print what would be removed" };
        var json = CommonOptions.Json();
        var command = new Command("gc", "Remove what no mount uses from the cache of registries") { dryRun, json };
        command.SetAction(parsed =>
        {
            var isDryRun = parsed.GetValue(dryRun);
            var folder = new RemoteSubject(session).CacheFolder;
            var report = new CacheCleaning(session.Layout).Run(folder, isDryRun);
            Print(folder, report, isDryRun, parsed.GetValue(json));
        });
        return command;
    }

    private static void Print(string folder, CacheCleaningReport report, bool isDryRun, bool json)
    {
        var text = $"{(isDryRun ? "Would remove" : "Removed")} {Count(report.Images.Count, "environment")} and {Count(report.Blobs, "blob")} "
            + $"({Sizes.Human(report.FreedBytes)}) from {folder}; {Sizes.Human(report.KeptBytes)} {(isDryRun ? "would remain" : "left")}";
        JsonOutput.WriteOr(json, [.. report.Images.Select(image => $"  {image}").Prepend(text)], writer =>
        {
            writer.WriteString("cache", folder);
            writer.WriteBoolean("dryRun", isDryRun);
            writer.WriteTexts("images", report.Images);
            writer.WriteNumber("blobs", report.Blobs);
            writer.WriteNumber("freedBytes", report.FreedBytes);
            writer.WriteNumber("keptBytes", report.KeptBytes);
        });
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? string.Empty : "s")}";
}

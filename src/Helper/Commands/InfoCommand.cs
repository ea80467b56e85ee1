using System.CommandLine;
using System.Globalization;
using CondaFuse.Helper.Commands.Registries;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Registry;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse info IMAGE</c>.</summary>
internal static class InfoCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "Name of an environment, path of an image, or oci://REF" };
        var options = new RegistryOptions();
        var json = CommonOptions.Json();
        var command = new Command("info", "Show size, counts and compressor of an image") { subject };
        options.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (RegistryReference.IsOne(parsed.GetRequiredValue(subject)))
            {
                RemoteViews.PrintInfo(session, options.Settings(session, parsed), parsed.GetRequiredValue(subject), parsed.GetValue(json));
                return;
            }

            var path = session.Planner.Find(parsed.GetRequiredValue(subject)).Path;
            var summary = ImageSummary.Read(path);
            if (parsed.GetValue(json))
            {
                PrintJson(path, summary);
            }
            else
            {
                Print(Screen.Of(session), path, summary);
            }
        });
        return command;
    }

    private static void Print(Screen screen, string path, ImageSummary summary)
    {
        var isZip = summary.Format == "zip";
        var readers = isZip ? null : ImageReaders.Of(summary.Compressor);
        var unpacked = summary.UncompressedBytes is { } bytes ? $"{Sizes.Human(bytes)} ({bytes} bytes)" : "not recorded";
        var table = Table.Wrapped(2);
        table.Add("image", path);
        table.Add("format", summary.Format);
        table.Add("size", $"{Sizes.Human(summary.FileBytes)} ({summary.FileBytes} bytes)");
        table.Add("unpacked", unpacked);
        table.Add(
            "files",
            summary.Counts is { } counts
                ? $"{summary.Inodes}: {counts.Files} regular, {counts.Directories} directories, {counts.Symlinks} symlinks"
                : $"{summary.Inodes}");
        table.Add("compressor", isZip ? summary.Compressor : $"{summary.Compressor}, blocks of {Sizes.Human(summary.BlockSize)}");
        table.Add("modified", DateTimeOffset.FromUnixTimeSeconds(summary.ModificationTime.Seconds).ToString("u", CultureInfo.InvariantCulture));
        table.Add(
            "written by", summary.Identity is { } identity ? $"condafuse, archive {identity}, generation {summary.Generation}" : "another tool");
        table.Add(
            "mounts with",
            readers is null ? "condafuse; fuse-zip" : $"condafuse; Linux {readers.Kernel} and later; squashfuse {readers.Squashfuse} and later");
        table.Write(Terminal.Out, screen);
    }

    private static void PrintJson(string path, ImageSummary summary) => JsonOutput.Write(json =>
    {
        var readers = summary.Format == "zip" ? null : ImageReaders.Of(summary.Compressor);
        json.WriteString("path", path);
        json.WriteString("format", summary.Format);
        json.WriteNumber("bytes", summary.FileBytes);
        json.WriteOptional("uncompressedBytes", summary.UncompressedBytes);
        json.WriteNumber("files", summary.Inodes);
        json.WriteOptional("regularFiles", summary.Counts?.Files);
        json.WriteOptional("directories", summary.Counts?.Directories);
        json.WriteOptional("symlinks", summary.Counts?.Symlinks);
        json.WriteString("compressor", summary.Compressor);
        json.WriteNumber("blockSize", summary.BlockSize);
        json.WriteNumber("modified", summary.ModificationTime.Seconds);
        json.WriteString("modifiedTime", GenerationText.Iso(summary.ModificationTime));
        json.WriteString("identity", summary.Identity?.ToString());
        json.WriteOptional("generation", summary.Generation);
        json.WriteString("kernelSince", readers?.Kernel);
        json.WriteString("squashfuseSince", readers?.Squashfuse);
    });
}

using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse verify IMAGE</c>.</summary>
internal static class VerifyCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var json = CommonOptions.Json();
        var threads = ThreadsOption.Create();
        var command = new Command("verify", "Check an image for damage") { subject, json, threads };
        command.SetAction(parsed =>
        {
            var path = session.Planner.Find(parsed.GetRequiredValue(subject)).Path;
            var result = Verify(session, path, ThreadsOption.Count(parsed.GetValue(threads)));
            if (parsed.GetValue(json))
            {
                PrintJson(path, result);
            }
            else
            {
                Print(path, result);
            }

            return (int)(result.IsSound ? ExitCode.Success : ExitCode.Corrupt);
        });
        return command;
    }

    private static VerifyResult Verify(Session session, string path, int threads)
    {
        var progress = ProgressLine.Start(session.Clock, "verifying");
        try
        {
            using var interrupt = new InterruptSource();
            return Verifier.Verify(path, threads, progress, interrupt.Token);
        }
        finally
        {
            progress.Clear();
        }
    }

    private static void Print(string path, VerifyResult result)
    {
        foreach (var finding in result.Findings)
        {
            Message.Error($"{(finding.Path.Length > 0 ? $"{finding.Path}: " : string.Empty)}{finding.Message}");
        }

        var read = $"{result.Counts.Total} files, {Sizes.Human(result.ContentBytes)} read"
            + (result.CheckedBlocks > 0 ? $", checksums of {result.CheckedBlocks} blocks compared" : "; the image has no checksums");
        read = result.Generations > 1 ? $"{result.Generations} generations, {read}" : read;
        var atLeast = result.Findings.Count == Verifier.MaxFindings ? "at least " : string.Empty;
        Terminal.Out.WriteLine(result.IsSound ? $"{path} is undamaged: {read}"
            : $"{path} is damaged: {atLeast}{result.Findings.Count} problem{(result.Findings.Count == 1 ? string.Empty : "s")}; {read}");
    }

    private static void PrintJson(string path, VerifyResult result) => JsonOutput.Write(json =>
    {
        json.WriteString("path", path);
        json.WriteBoolean("sound", result.IsSound);
        json.WriteNumber("files", result.Counts.Total);
        json.WriteNumber("uncompressedBytes", result.ContentBytes);
        json.WriteNumber("checkedBlocks", result.CheckedBlocks);
        json.WriteNumber("generations", result.Generations);
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            json.WriteStartObject();
            json.WriteString("fault", finding.Fault.ToString());
            json.WriteString("path", finding.Path);
            json.WriteString("message", finding.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}

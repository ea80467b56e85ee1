using System.Globalization;
using CondaFuse.Mounts;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Output;

/// <summary>Messages after an unmount: the mount and its changes.</summary>
/// <param name="mountPoint">The mount point.</param>
/// <param name="live">The former mount; null if there was none.</param>
/// <param name="output">Receives what is not an error.</param>
/// <param name="screen">Says how to write paths.</param>
internal sealed class UnmountMessages(string mountPoint, LiveMount? live, LineOutput output, Screen screen)
{
    private string Archive => live?.Archive ?? string.Empty;

    /// <summary>Writes the messages.</summary>
    /// <returns>Whether it is unmounted, and its changes were saved as requested: in the archive, or kept beside it.</returns>
    public bool Write(UnmountReply reply)
    {
        if (reply.Outcome is UnmountOutcome.NotCommitted or UnmountOutcome.NotDetached)
        {
            return Refused(reply);
        }

        var where = live is { IsElsewhere: true, Record: { } record }
            ? $" in the mount namespace of its server (process {record.Process.Id})"
            : string.Empty;
        output.WriteLine($"Unmounted {screen.Shorten(mountPoint)}{where}");
        if (reply.Report is { } report)
        {
            var packages = report.Packages.Length > 0 ? $"{report.Packages}; " : string.Empty;
            var seconds = report.Seconds.ToString("0.00", CultureInfo.InvariantCulture);
            output.WriteLine(
                $"  committed as generation {report.Generation}: {packages}{GenerationText.Of(report.Difference)}; "
                + $"in {seconds} s");
            Warnings.Write(report.Warnings);
            if (reply.Note is not null)
            {
                output.WriteLine($"  {reply.Note}");
            }
        }

        switch (reply.Outcome)
        {
            case UnmountOutcome.Detached when reply.Before is { PendingChanges: > 0 } or { Writer: WriterKind.Mine }:
                output.WriteLine("  later changes are committed when the last process leaves it");
                break;
            case UnmountOutcome.StillShown:
                var places = live is null ? [] : OtherNamespaces.Showing(live.Entry.Device);
                output.WriteLine(
                    "  it is still mounted elsewhere, and its server runs until the last of these is unmounted: "
                    + $"{(places.Count > 0 ? string.Join("; ", places) : "mounts that you may not see")}");
                break;
        }

        if (reply.Failure is not null)
        {
            Message.Error($"could not commit the changes: {reply.Failure}");
        }

        var kept = reply.Before is null ? null : reply.Before with { PendingChanges = Kept(reply), PendingBytes = reply.KeptBytes };
        if (reply.Outcome == UnmountOutcome.Ended && kept is not null && PendingMessages.AtEnd(kept, Archive) is { } words)
        {
            output.WriteLine($"  {words}");
        }

        return reply.Failure is null;
    }

    private static long Kept(UnmountReply reply) => reply.Report is null || reply.Failure is not null ? reply.KeptChanges : 0;

    private bool Refused(UnmountReply reply)
    {
        if (reply.Outcome == UnmountOutcome.NotCommitted)
        {
            Message.Error(
                $"{mountPoint} is still mounted: could not commit the changes: {reply.Failure}",
                $"condafuse unmount --no-commit '{mountPoint}' unmounts it and keeps the changes beside the archive");
        }
        else
        {
            Message.Error($"{mountPoint} is still mounted: {reply.Failure}");
        }

        return false;
    }
}

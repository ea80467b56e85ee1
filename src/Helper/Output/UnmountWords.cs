using System.Globalization;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Output;

/// <summary>What somebody who unmounted is told of the changes that were there.</summary>
internal sealed class UnmountWords : IDisposable
{
    private readonly LiveMount? live;
    private readonly MountStatus? status;

    /// <param name="live">What is about to be unmounted.</param>
    /// <param name="status">What its server said; null if nothing.</param>
    public UnmountWords(LiveMount? live, MountStatus? status)
    {
        this.live = live;
        this.status = status;
        if (live?.Folder is { } folder)
        {
            EndOfMount.Ask(folder, live.Entry.Device);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => live?.Folder?.Remove(RuntimeFolder.EndName(live.Entry.Device));

    /// <summary>Says it, after the server's end.</summary>
    /// <returns>Whether what was changed is where it should be: in the archive, or kept because somebody wanted that.</returns>
    public bool Write(bool isLazy)
    {
        if (status is not { PendingChanges: > 0 })
        {
            return true;
        }

        var end = live?.Folder is { } folder ? EndOfMount.TryRead(folder, live.Entry.Device) : null;
        if (end?.Report is { } report)
        {
            var packages = report.Packages.Length > 0 ? $"{report.Packages}; " : string.Empty;
            var seconds = report.Seconds.ToString("0.00", CultureInfo.InvariantCulture);
            Terminal.Out.WriteLine($"  committed as generation {report.Generation}: {packages}{GenerationWords.Of(report.Difference)}; in {seconds} s");
            Warnings.Write(report.Warnings);
            if (end.Note is not null)
            {
                Terminal.Out.WriteLine($"  {end.Note}");
            }

            return true;
        }

        if (isLazy && end is null)
        {
            Terminal.Out.WriteLine("  what was changed is committed when the last user leaves it");
            return true;
        }

        // Those of somebody else, who still writes them, are not this mount's to commit.
        var failure = status.Writer == WriterKind.Other ? null : end?.Failure;
        if (failure is not null)
        {
            Terminal.Error.WriteLine($"condafuse: the changes could not be put into the archive: {failure}");
        }

        Terminal.Out.WriteLine($"  {PendingWords.AtEnd(status, live?.Archive ?? string.Empty)}");
        return failure is null;
    }
}

using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>What a server does after its mount was undone: it puts the changes into the archive. If it cannot, they stay, and whoever unmounts is told why, or what could not be stored.</summary>
internal sealed class CommitAtEnd(Session session, MountPlan plan, Action<string> log)
{
    /// <returns>Whether the archive has a new generation.</returns>
    public bool Run(ServedEnvironment environment)
    {
        var note = session.Layout.CommitFailureFile(plan.MountPoint);
        var leftOut = session.Layout.CommitWarningFile(plan.MountPoint);
        Layout.Remove(note);
        Layout.Remove(leftOut);
        CommitReport? report;
        try
        {
            report = environment.Unmounted(new CommitRequest(Environment.ProcessorCount));
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            log($"not committed: {failure.Message}");
            session.Layout.EnsureRuntimeDirectory();
            File.WriteAllText(note, failure.Message);
            return false;
        }

        if (report is null)
        {
            return false;
        }

        log($"committed generation {report.Generation} of {plan.Archive}: {report.GrownBytes} bytes in {report.Seconds:0.000} s");
        if (report.Warnings.Count > 0)
        {
            Tell(leftOut, report.Warnings);
        }

        return true;
    }

    /// <summary>For the log, and for who unmounts: who finds the file only if it can be written, as what was committed is committed.</summary>
    private void Tell(string file, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            log(warning);
        }

        try
        {
            session.Layout.EnsureRuntimeDirectory();
            File.WriteAllLines(file, warnings);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log($"{file}: {failure.Message}");
        }
    }
}

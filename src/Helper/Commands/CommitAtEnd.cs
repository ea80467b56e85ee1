using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>What a server does after its mount was undone: it puts the changes into the archive. If it cannot, they stay, and whoever unmounts is told why.</summary>
internal sealed class CommitAtEnd(Session session, MountPlan plan, Action<string> log)
{
    /// <returns>Whether the archive has a new generation.</returns>
    public bool Run(ServedEnvironment environment)
    {
        var note = session.Layout.CommitFailureFile(plan.MountPoint);
        Layout.Remove(note);
        try
        {
            if (environment.Unmounted(new CommitRequest(Environment.ProcessorCount)) is { } report)
            {
                log($"committed generation {report.Generation} of {plan.Archive}: {report.GrownBytes} bytes in {report.Seconds:0.000} s");
                foreach (var warning in report.Warnings)
                {
                    log(warning);
                }

                return true;
            }
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            log($"not committed: {failure.Message}");
            session.Layout.EnsureRuntimeDirectory();
            File.WriteAllText(note, failure.Message);
        }

        return false;
    }
}

using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>What a server does after its mount was undone: it puts the changes into the archive. If it cannot, they stay. Whoever unmounts is told what became of them.</summary>
internal sealed class CommitAtEnd(Session session, MountPlan plan, Action<string> log)
{
    /// <summary>The mount's device, once it is known.</summary>
    public string Device { get; set; } = string.Empty;

    /// <returns>What was committed; null if nothing.</returns>
    public CommitReport? Run(ServedEnvironment environment)
    {
        try
        {
            var report = environment.Unmounted(new CommitRequest(Environment.ProcessorCount));
            if (report is not null)
            {
                log($"committed generation {report.Generation} of {plan.Archive}: {report.GrownBytes} bytes in {report.Seconds:0.000} s");
                report.Warnings.ToList().ForEach(log);
                Tell(new EndOfMount(report));
            }

            return report;
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            var words = Failure.Sentence(failure);
            log($"not committed: {words}");
            Tell(new EndOfMount(Report: null, words));
            return null;
        }
    }

    /// <summary>The same as was told, with what else there is to say.</summary>
    public void Add(CommitReport report, string note)
    {
        log(note);
        Tell(new EndOfMount(report, Failure: null, note));
    }

    /// <summary>Told only if it can be written: what was committed is committed, and the log has it as well.</summary>
    private void Tell(EndOfMount end)
    {
        try
        {
            end.Leave(session.Layout.Runtime.Chosen, Device);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log($"the end cannot be told: {failure.Message}");
        }
    }
}

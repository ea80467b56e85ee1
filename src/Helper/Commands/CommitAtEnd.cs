using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>What a server does after its mount was undone: it puts the changes into the archive. If it cannot, they stay, and whoever unmounts is told why.</summary>
internal sealed class CommitAtEnd(Session session, MountPlan plan, Action<string> log)
{
    public void Run()
    {
        var note = session.Layout.CommitFailureFile(plan.MountPoint);
        File.Delete(note);
        try
        {
            var committer = new EnvironmentCommitter(session.Layout, Session.Writer, session.Clock, log);
            if (committer.Commit(plan.Archive, new CommitRequest(Environment.ProcessorCount)) is { } outcome)
            {
                log($"committed generation {outcome.Result.Info.Generation} of {plan.Archive}: {outcome.Result.GrownBytes} bytes in {outcome.Took.TotalMilliseconds:0} ms");
            }
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException or UnauthorizedAccessException)
        {
            log($"not committed: {failure.Message}");
            File.WriteAllText(note, failure.Message);
        }
    }
}

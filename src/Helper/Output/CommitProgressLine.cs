using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Output;

/// <summary>Shows how far a server's commit is, where that takes over a second: asks it again and again until disposed.</summary>
internal sealed class CommitProgressLine : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly ProgressLine line;
    private readonly ControlClient server;
    private readonly Lock asking = new();
    private readonly Timer timer;
    private bool isOver;

    public CommitProgressLine(Session session, ControlClient server)
    {
        line = new ProgressLine(session.Clock, "committing");
        this.server = server;
        timer = new Timer(_ => Ask(), state: null, Quiet, Interval);
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (asking)
        {
            isOver = true;
            line.Clear();
        }
    }

    private void Ask()
    {
        if (!asking.TryEnter())
        {
            return; // it takes its time to answer
        }

        try
        {
            if (!isOver && server.TryGetStatus()?.Committing is { } progress)
            {
                line.Report(progress);
            }
        }
        finally
        {
            asking.Exit();
        }
    }
}

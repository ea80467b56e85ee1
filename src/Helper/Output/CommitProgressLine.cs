using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Output;

/// <summary>Shows the progress of a server's commit if it takes over a second: queries it periodically until disposed.</summary>
internal sealed class CommitProgressLine : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly ProgressLine _line;
    private readonly ControlClient _server;
    private readonly Lock _asking = new();
    private readonly Timer _timer;
    private bool _isOver;

    public CommitProgressLine(Session session, ControlClient server)
    {
        _line = new ProgressLine(session.Clock, "committing");
        _server = server;
        _timer = new Timer(_ => Ask(), state: null, Quiet, Interval);
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_asking)
        {
            _isOver = true;
            _line.Clear();
        }
    }

    private void Ask()
    {
        if (!_asking.TryEnter())
        {
            return; // the server is slow to answer
        }

        try
        {
            if (!_isOver && _server.TryGetStatus()?.Committing is { } progress)
            {
                _line.Report(progress);
            }
        }
        finally
        {
            _asking.Exit();
        }
    }
}

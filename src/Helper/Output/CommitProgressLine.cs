using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Output;

/// <summary>Shows how far a server's commit is, if it takes over a second. Asks the server again and again.</summary>
internal sealed class CommitProgressLine : IDisposable
{
    private readonly ProgressLine _line;
    private readonly ControlClient _server;

    public CommitProgressLine(Session session, ControlClient server)
    {
        _line = new ProgressLine(session.Clock, "committing");
        _server = server;
    }

    /// <summary>Asks and shows once.</summary>
    public void Show()
    {
        if (_server.TryGetStatus()?.Committing is { } progress)
        {
            _line.Report(progress);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _line.Clear();
}

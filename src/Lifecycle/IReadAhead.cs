using CondaFuse.Serving.FirstUse;

namespace CondaFuse.Lifecycle;

/// <summary>What notes and reads ahead what is used first on a mount. Disposing ends it.</summary>
public interface IReadAhead : IDisposable
{
    /// <summary>Takes what is used.</summary>
    FirstUseRecorder Recorder { get; }

    /// <summary>Begins, for a mount that answers.</summary>
    void Begin();

    /// <summary>Ends the process that reads ahead, which keeps a file of the mount open.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();
}

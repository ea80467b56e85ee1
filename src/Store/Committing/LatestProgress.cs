using CondaFuse.Images;

namespace CondaFuse.Store.Committing;

/// <summary>Keeps what was reported last, for whoever asks meanwhile.</summary>
internal sealed class LatestProgress : IProgress<PackProgress>
{
    private readonly Lock gate = new();
    private PackProgress? latest;

    /// <summary>Null as long as nothing is under way.</summary>
    internal PackProgress? Value
    {
        get
        {
            lock (gate)
            {
                return latest;
            }
        }
    }

    /// <inheritdoc/>
    public void Report(PackProgress value)
    {
        lock (gate)
        {
            latest = value;
        }
    }

    /// <summary>It is over.</summary>
    internal void Clear()
    {
        lock (gate)
        {
            latest = null;
        }
    }
}

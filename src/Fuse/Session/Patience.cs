namespace CondaFuse.Fuse.Session;

/// <summary>
/// How often the watcher asks the device before it sleeps. Asking again and again saves a wake-up where requests follow each other closely; where
/// they do not, or others need the processor, it only burns time: after each vain attempt it is left for a while.
/// Belongs to whoever has the turn.
/// </summary>
/// <param name="most">Most questions before a sleep.</param>
internal sealed class Patience(int most)
{
    private const int SleepsAfterFailure = 8;
    private int sleepsUntilTrial;

    /// <summary>Questions before the next sleep.</summary>
    internal int Questions => sleepsUntilTrial == 0 ? most : 0;

    /// <summary>A request came before the sleep.</summary>
    internal void Succeeded() => sleepsUntilTrial = 0;

    /// <summary>The sleep was necessary.</summary>
    internal void Failed() => sleepsUntilTrial = sleepsUntilTrial == 0 ? SleepsAfterFailure : sleepsUntilTrial - 1;
}

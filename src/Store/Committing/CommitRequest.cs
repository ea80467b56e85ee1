namespace CondaFuse.Store.Committing;

/// <summary>How to commit.</summary>
/// <param name="Threads">Threads that read, compress and write.</param>
/// <param name="Message">What the history shall say; null for the packages that changed.</param>
public sealed record CommitRequest(int Threads, string? Message = null);

using CondaFuse.Images;

namespace CondaFuse.Store.Committing;

/// <summary>What a fork wrote.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Prefix">The prefix for which it was written.</param>
/// <param name="Result">What was written.</param>
/// <param name="PendingChanges">Changes that went into it.</param>
public sealed record ForkOutcome(string Archive, string Prefix, PackResult Result, long PendingChanges);

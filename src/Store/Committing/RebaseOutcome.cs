using CondaFuse.Changes.Rebasing;

namespace CondaFuse.Store.Committing;

/// <summary>What became of changes that were to be carried over to the archive's present generation.</summary>
/// <param name="Before">The generation that they built on.</param>
/// <param name="Generation">The archive's present one.</param>
/// <param name="IsDone">Whether they build on that now; else they are as they were.</param>
/// <param name="Conflicts">Where both sides did something else.</param>
/// <param name="PendingChanges">Operations that are left, if it is done.</param>
public sealed record RebaseOutcome(long Before, long Generation, bool IsDone, IReadOnlyList<RebaseConflict> Conflicts, long PendingChanges);

using CondaFuse.Images;
using CondaFuse.Store.Packages;

namespace CondaFuse.Store.Committing;

/// <summary>What a commit put into an archive.</summary>
/// <param name="Result">What was appended.</param>
/// <param name="Packages">What that means in packages.</param>
/// <param name="Took">How long it took.</param>
public sealed record CommitOutcome(CommitResult Result, IReadOnlyList<PackageChange> Packages, TimeSpan Took);

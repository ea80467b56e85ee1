namespace CondaFuse.Helper.Commands;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="State">How it is.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Remedy">How to mend it; null if there is nothing to mend.</param>
internal sealed record Check(string Name, CheckState State, string Finding, string? Remedy);

using CondaFuse.Images;

namespace CondaFuse.Store.Committing;

/// <summary>What a conversion wrote.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Before">Length of the old one's file.</param>
/// <param name="Result">What was written; null where a killed conversion had done so, and names only were left to change.</param>
/// <param name="LostGenerations">Earlier generations that the old one had: the new one begins with its newest.</param>
public sealed record ConversionOutcome(string Archive, long Before, PackResult? Result, int LostGenerations);

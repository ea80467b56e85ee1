namespace CondaFuse.Changes;

/// <summary>What an image says of itself to the changes beside it.</summary>
/// <param name="Image">The image's identity.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Merged">The last segment whose changes it holds, or <see cref="Guid.Empty"/>.</param>
public readonly record struct ChangeBase(Guid Image, long Generation, Guid Merged);

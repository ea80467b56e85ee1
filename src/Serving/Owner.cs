namespace CondaFuse.Serving;

/// <summary>A user and a group.</summary>
/// <param name="UserId">User.</param>
/// <param name="GroupId">Group.</param>
public readonly record struct Owner(uint UserId, uint GroupId);

namespace CondaFuse.Tree;

/// <summary>A point in time, as POSIX's <c>timespec</c>.</summary>
/// <param name="Seconds">Seconds since 1970-01-01 UTC; negative before.</param>
/// <param name="Nanoseconds">0 to 999 999 999.</param>
public readonly record struct Timestamp(long Seconds, uint Nanoseconds = 0);

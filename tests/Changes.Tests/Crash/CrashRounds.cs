namespace CondaFuse.Changes.Tests.Crash;

/// <summary>How many workloads the crash tests go through: a share in CI, more by <c>CONDAFUSE_CRASH_ROUNDS</c>.</summary>
internal static class CrashRounds
{
    public static int Count(int share) =>
        Environment.GetEnvironmentVariable("CONDAFUSE_CRASH_ROUNDS") is { Length: > 0 } rounds ? int.Parse(rounds) : share;
}

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>The number of workloads in the crash tests: a share in CI, more with <c>CONDAFUSE_CRASH_ROUNDS</c>.</summary>
internal static class CrashRounds
{
    public static int Count(int share) =>
        Environment.GetEnvironmentVariable("CONDAFUSE_CRASH_ROUNDS") is { Length: > 0 } rounds ? int.Parse(rounds) : share;
}

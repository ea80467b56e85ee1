namespace CondaFuse.Registry;

/// <summary>What a process knows of its user and its surroundings, for requests to registries.</summary>
public sealed record RegistrySettings
{
    /// <summary>The user's home directory, for files of credentials.</summary>
    public required string Home { get; init; }

    /// <summary>A variable's value; null if it is unset or empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Directories of PATH, for credential helpers.</summary>
    public required IReadOnlyList<string> SearchPath { get; init; }

    /// <summary>The environment of credential helpers, <c>NAME=value</c> each.</summary>
    public required IReadOnlyCollection<string> Environment { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Whether to accept certificates that cannot be verified, and plain http from hosts other than this machine.</summary>
    public bool Insecure { get; init; }

    /// <summary>A file of certificates in PEM to trust beside those of the system; null for none.</summary>
    public string? CaFile { get; init; }

    /// <summary>How long to wait, and how often to try.</summary>
    internal RetryPolicy RetryPolicy { get; init; } = new();
}

/// <summary>How long to wait for a registry, and how often to try.</summary>
internal sealed record RetryPolicy
{
    /// <summary>For a connection.</summary>
    public TimeSpan Connecting { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For the beginning of an answer.</summary>
    public TimeSpan Answering { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For the next bytes of a body.</summary>
    public TimeSpan Reading { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A transfer that is slower than this on average is given up.</summary>
    public int MinBytesPerSecond { get; init; } = 1024;

    /// <summary>How often a request is tried.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second attempt; it doubles with each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause, whatever the registry asks for.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time in which an amount of data must be transferred.</summary>
    public TimeSpan For(long bytes) => Answering + TimeSpan.FromSeconds((double)bytes / MinBytesPerSecond);

    /// <summary>The pause after an attempt: random, up to twice as long as after the one before.</summary>
    /// <param name="attempt">1 for the first.</param>
    /// <param name="asked">What the registry asked for; null for nothing.</param>
    public TimeSpan Pause(int attempt, TimeSpan? asked)
    {
        var highest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, attempt - 1));
        var ours = TimeSpan.FromMilliseconds(highest * (0.5 + (Random.Shared.NextDouble() / 2)));
        var longer = asked > ours ? asked.Value : ours;
        return longer < LongestPause ? longer : LongestPause;
    }
}

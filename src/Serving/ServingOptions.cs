using CondaFuse.Serving.FirstUse;

namespace CondaFuse.Serving;

/// <summary>How a tree is served.</summary>
public sealed record ServingOptions
{
    /// <summary>Whom every entry is shown as belonging to; null shows the true owners.</summary>
    public Owner? OwnerOverride { get; init; }

    /// <summary>Takes a line for each failure that an administrator should see. Called from any worker.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>How many requests are answered at once. More than two showed no effect on two cores.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>
    /// How often an idle worker asks for the next request, at most, before it sleeps; about 0.3 µs each time.
    /// </summary>
    public int Patience { get; init; } = 600;

    /// <summary>Says what "now" is when somebody sets a time to it. To be the tree's own clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Notes what is read in which order; null where nobody wants to know.</summary>
    public FirstUseRecorder? FirstUse { get; init; }

    /// <summary>What the mount's root answers to <see cref="Platform.MountQuestion"/>: who serves it.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }

    /// <summary>For how long the kernel may believe what it was told; the tree does not change but through it.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromDays(365);
}

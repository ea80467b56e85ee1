namespace CondaFuse.Images;

/// <summary>How an image is rewritten with some of its generations.</summary>
public sealed record CompactionOptions
{
    /// <summary>Threads that read tables; the number of cores is a good one.</summary>
    public required int Threads { get; init; }

    /// <summary>How many of the newest generations are kept: 1 or more.</summary>
    public int Keep { get; init; } = int.MaxValue;

    /// <summary>Of those, the numbers of the ones that are kept, the newest among them; null: all.</summary>
    public IReadOnlySet<long>? Numbers { get; init; }

    /// <summary>Asked when the new file is whole and on its storage, before it takes the image's name; what it gives is disposed of afterwards. It may throw: then nothing was changed.</summary>
    public Func<IDisposable>? Publishing { get; init; }
}

using CondaFuse.Images;

namespace CondaFuse.Store.Retention;

/// <summary>What the retention policy must know of a generation.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Seconds">When it was committed: seconds since 1970.</param>
/// <param name="IsRollback">Whether it restores an earlier one.</param>
/// <param name="IsEmptied">Whether it holds no environment although an earlier generation does.</param>
public readonly record struct RetainedGeneration(long Number, long Seconds, bool IsRollback = false, bool IsEmptied = false)
{
    /// <summary>What an image's history says of one.</summary>
    /// <param name="entry">The generation.</param>
    /// <param name="emptied">The numbers of those that are emptied.</param>
    public static RetainedGeneration Of(GenerationEntry entry, IReadOnlySet<long> emptied)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(emptied);
        return new RetainedGeneration(entry.Number, entry.Time.Seconds, entry.Restored is not null, emptied.Contains(entry.Number));
    }
}

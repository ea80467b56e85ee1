using System.Globalization;
using CondaFuse.Images;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>Generations of an archive, for a person.</summary>
internal static class GenerationWords
{
    /// <summary>What one changed, in entries: <c>34 added (100K), 2 changed, 1 removed</c>. Directories count that have other names in them, or another time.</summary>
    public static string Of(GenerationDifference difference)
    {
        (long Count, long Bytes, string Word)[] parts =
        [
            (difference.Added, difference.AddedBytes, "added"), (difference.Changed, difference.ChangedBytes, "changed"), (difference.Removed, difference.RemovedBytes, "removed"),
        ];
        var words = parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Word}{(part.Bytes > 0 ? $" ({Sizes.Human(part.Bytes)})" : string.Empty)}").ToList();
        return words.Count > 0 ? string.Join(", ", words) : "nothing changed";
    }

    /// <summary>When, in local time.</summary>
    public static string Time(Timestamp time)
    {
        const long first = -62135596800;
        const long last = 253402300799;
        return DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.Seconds, first, last)).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using CondaFuse.Images;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>Rewords the runtime's own messages about files.</summary>
internal static class SystemMessages
{
    /// <summary>The text before and after a quoted path, and its replacement.</summary>
    private static readonly (string Before, string After, string Words)[] Sentences =
    [
        ("Access to the path '", "' is denied.", ": permission denied"),
        ("Could not find file '", "'.", " does not exist"),
        ("Could not find a part of the path '", "'.", " does not exist"),
        ("The file '", "' already exists.", " exists already"),
        ("The process cannot access the file '", "' because it is being used by another process.", " is in use"),
    ];

    /// <summary>Replaces them anywhere in a message.</summary>
    public static string Plain(string text)
    {
        foreach (var (before, after, words) in Sentences)
        {
            var start = 0;
            while ((start = text.IndexOf(before, start, StringComparison.Ordinal)) >= 0)
            {
                var end = text.IndexOf(after, start + before.Length, StringComparison.Ordinal);
                if (end < 0)
                {
                    break;
                }

                var path = text[(start + before.Length)..end];
                text = $"{text[..start]}{path}{words}{text[(end + after.Length)..]}";
                start += path.Length + words.Length;
            }
        }

        return text;
    }
}

/// <summary>Descriptions of generations.</summary>
internal static class GenerationText
{
    /// <summary>
    /// The changes in a generation, in entries: <c>34 added (100K), 2 changed, 1 removed</c>. A directory counts as changed if its names or time
    /// changed.
    /// </summary>
    public static string Of(GenerationDifference difference)
    {
        (long Count, long Bytes, string Word)[] parts =
        [
            (difference.Added, difference.AddedBytes, "added"), (difference.Changed, difference.ChangedBytes, "changed"),
            (difference.Removed, difference.RemovedBytes, "removed"),
        ];
        var words = parts.Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Word}{(part.Bytes > 0 ? $" ({Sizes.Human(part.Bytes)})" : string.Empty)}")
            .ToList();
        return words.Count > 0 ? string.Join(", ", words) : "nothing changed";
    }

    /// <summary>The time, in local time.</summary>
    public static string Time(Timestamp time) => Moment(time).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The time in ISO 8601 and UTC, for JSON.</summary>
    public static string Iso(Timestamp time) => Moment(time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(Timestamp time)
    {
        const long first = -62135596800;
        const long last = 253402300799;
        return DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.Seconds, first, last));
    }
}

/// <summary>Messages about the write lock and uncommitted changes.</summary>
internal static class PendingMessages
{
    /// <summary>A message at the start of using a mount; null if there is none.</summary>
    public static string? ForUser(string name, MountStatus status) => status switch
    {
        { Writer: WriterKind.Other } =>
            $"'{name}' is read-only here: the write lock is held by {status.WriterName}",
        { LastRefusal: { } refusal, Writer: not WriterKind.Mine } =>
            $"'{name}' is read-only here: {refusal}",
        _ => null,
    };

    /// <summary>A message after an unmount; null if there are no uncommitted changes.</summary>
    /// <param name="status">The mount's status before.</param>
    /// <param name="archive">Path of its image.</param>
    public static string? AtEnd(MountStatus status, string archive)
    {
        if (status.PendingChanges == 0)
        {
            return null;
        }

        var amount = Sizes.Human(status.PendingBytes);
        if (!File.Exists(archive))
        {
            return $"the archive {archive} was deleted; its uncommitted changes ({amount}) are kept in "
                + $"{status.PersonalFolder ?? Layout.ChangesFolder(archive)}; 'condafuse doctor' shows what you can do";
        }

        return status.PersonalFolder is { } folder
            ? $"your changes ({amount}) are kept in {folder} and reappear at the next mount"
            : $"your changes ({amount}) are kept beside the archive and reappear at the next mount";
    }
}

/// <summary>Sizes in the form of <c>ls -h</c>.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "K", "M", "G", "T", "P"];

    /// <summary>Bytes, in the largest unit (of 1024) that leaves at least 1; one decimal below 10.</summary>
    public static string Human(long bytes)
    {
        const double step = 1024;
        double value = bytes;
        var unit = 0;
        while (value >= step && unit < Units.Length - 1)
        {
            value /= step;
            unit++;
        }

        const double fewDigits = 10;
        return unit > 0 && value < fewDigits ? $"{value:0.0}{Units[unit]}" : $"{value:0}{Units[unit]}";
    }

    /// <summary>Bytes of a number with one of these units (of 1024), or without; null if the text is something else.</summary>
    public static long? TryParse(string text)
    {
        var unit = Array.FindIndex(Units, unit => text.EndsWith(unit, StringComparison.OrdinalIgnoreCase));
        return ulong.TryParse(unit < 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= (ulong)long.MaxValue >> (10 * Math.Max(unit, 0))
                ? (long)count << (10 * Math.Max(unit, 0))
                : null;
    }
}

/// <summary>Messages about problems that did not stop the command.</summary>
internal static class Warnings
{
    /// <summary>Writes a line for each warning.</summary>
    public static void Write(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Message.Warning(warning);
        }
    }

    /// <summary>Writes our own texts of several lines.</summary>
    public static void WriteLines(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Terminal.Error.WriteLines($"condafuse: warning: {warning}");
        }
    }
}

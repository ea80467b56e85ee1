using System.Globalization;

namespace CondaFuse.Changes.Journal;

/// <summary>The names of a segment's files.</summary>
internal static class SegmentNames
{
    public const string JournalEnding = ".journal";
    public const string DataEnding = ".data";
    public const string NewEnding = ".journal.new";
    private const int Digits = 8;

    public static string Journal(int number) => Number(number) + JournalEnding;

    public static string Data(int number) => Number(number) + DataEnding;

    public static string New(int number) => Number(number) + NewEnding;

    /// <summary>The number of a segment's file with this ending.</summary>
    /// <returns>False if the name is none: somebody else's file, which is left alone.</returns>
    public static bool TryParse(string name, string ending, out int number)
    {
        number = 0;
        return name.Length == Digits + ending.Length
            && name.EndsWith(ending, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }

    private static string Number(int number) => number.ToString("D8", CultureInfo.InvariantCulture);
}

using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>The screen for results: a terminal of some size, or plain text for a file or another program.</summary>
/// <param name="IsTerminal">Whether it is a terminal.</param>
/// <param name="Width">Columns; unlimited for a file.</param>
/// <param name="Height">Lines of the terminal.</param>
/// <param name="IsColoured">Whether to use colours and bold text.</param>
/// <param name="Home">The home directory, which a terminal shows as <c>~</c>.</param>
/// <param name="Now">The current time, for relative times.</param>
internal sealed record Screen(bool IsTerminal, int Width, int Height, bool IsColoured, string Home, DateTimeOffset Now)
{
    /// <summary>The screen of standard output.</summary>
    public static Screen Of(Session session)
    {
        var (columns, lines) = Terminal.OutputSize;
        var isColoured = session.Color switch
        {
            ColorOption.Always => true,
            ColorOption.Never => false,
            _ => columns is not null && session.Variable("NO_COLOR") is null && session.Variable("TERM") is not (null or "dumb"),
        };
        return new Screen(
            columns is not null,
            columns is null ? int.MaxValue : columns.Value > 0 ? columns.Value : Terminal.UsualWidth,
            lines ?? 0,
            isColoured,
            Path.TrimEndingDirectorySeparator(session.Home),
            session.Clock.GetUtcNow());
    }

    /// <summary>A path, on a terminal with <c>~</c> for the home directory.</summary>
    public string Shorten(string path) =>
        IsTerminal && Home.Length > 1 && $"{path}/".StartsWith($"{Home}/", StringComparison.Ordinal) ? $"~{path[Home.Length..]}" : path;

    /// <summary>A time: on a terminal relative to now, otherwise in local time.</summary>
    public string Time(Timestamp time)
    {
        if (!IsTerminal)
        {
            return GenerationText.Time(time);
        }

        var seconds = Now.ToUnixTimeSeconds() - time.Seconds;
        const long minute = 60;
        const long hour = 60 * minute;
        const long day = 24 * hour;
        const long month = 30 * day;
        const long year = 365 * day;
        return seconds switch
        {
            < 0 or >= 10 * year => GenerationText.Time(time),
            < minute => "just now",
            < hour => Ago(seconds / minute, "minute"),
            < day => Ago(seconds / hour, "hour"),
            < month => Ago(seconds / day, "day"),
            < year => Ago(seconds / month, "month"),
            _ => Ago(seconds / year, "year"),
        };
    }

    /// <summary>Cuts off the start of a line that is too long, because the end of a path is the most informative part.</summary>
    /// <param name="text">The text.</param>
    /// <param name="used">Columns already used on the line.</param>
    public string CutFront(string text, int used)
    {
        var room = Math.Max(1, Width - used);
        return text.Length <= room ? text : $"…{text[(text.Length - room + 1)..]}";
    }

    private static string Ago(long count, string unit) => $"{count} {unit}{(count == 1 ? string.Empty : "s")} ago";
}

/// <summary><c>--color</c>, which every command accepts.</summary>
internal static class ColorOption
{
    public const string Always = "always";
    public const string Never = "never";
    public const string Name = "--color";
    private const string Auto = "auto";

    /// <summary>The command line with options before the command moved behind it, where every command accepts them.</summary>
    public static string[] BehindCommand(string[] arguments)
    {
        var count = 0;
        while (count < arguments.Length && (arguments[count] == Name || IsWithValue(arguments[count])))
        {
            count += arguments[count] == Name ? 2 : 1;
        }

        return count == 0 || count >= arguments.Length ? arguments : [arguments[count], .. arguments[..count], .. arguments[(count + 1)..]];
    }

    /// <summary>Removes the option from the words before <c>--</c>.</summary>
    /// <returns>The other words, the value, and what is wrong with it; null if it is valid.</returns>
    public static (IReadOnlyList<string> Words, string Value, string? Mistake) Take(IReadOnlyList<string> words)
    {
        List<string> others = [];
        var value = Auto;
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == "--")
            {
                others.AddRange(words.Skip(i));
                break;
            }

            if (words[i] == Name)
            {
                value = i + 1 < words.Count ? words[++i] : string.Empty;
            }
            else if (IsWithValue(words[i]))
            {
                value = words[i][(Name.Length + 1)..];
            }
            else
            {
                others.Add(words[i]);
            }
        }

        return (others, value, value is Auto or Always or Never ? null : $"{Name} takes {Auto}, {Always} or {Never}, not '{value}'");
    }

    private static bool IsWithValue(string word) => word.StartsWith($"{Name}=", StringComparison.Ordinal);
}

using System.Globalization;

namespace CondaFuse.Helper;

/// <summary><c>CONDA_FUSE_IDLE</c>: the time after which a mount that nobody uses is committed and unmounted.</summary>
internal static class IdleTime
{
    public const string Variable = "CONDA_FUSE_IDLE";

    /// <summary>The value for <c>off</c>.</summary>
    public static readonly TimeSpan Never = TimeSpan.Zero;

    /// <summary>The time to wait; null for never, and for an invalid value.</summary>
    public static TimeSpan? Read(Session session) =>
        session.Variable(Variable) is { } text && TryParse(text) is { } time && time != Never ? time : null;

    /// <summary>Parses <c>off</c> or a number with a unit: <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>; null if the text is neither.</summary>
    public static TimeSpan? TryParse(string text)
    {
        const int longest = 99_999;
        if (text == "off")
        {
            return Never;
        }

        TimeSpan? unit = text.Length < 2 ? null : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        return unit is { } one && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= longest
                ? number * one
                : null;
    }
}

namespace CondaFuse.Images.Zip.Reading;

/// <summary>MS-DOS times: two seconds exact, from 1980 on. They name no time zone; taken as UTC, so that a tree is the same everywhere.</summary>
internal static class DosTime
{
    /// <summary>Seconds since 1970; what is no time counts as the nearest one.</summary>
    public static long ToSeconds(ushort date, ushort time)
    {
        var (year, month) = (1980 + (date >> 9), Math.Clamp((date >> 5) & 15, 1, 12));
        var day = Math.Clamp(date & 31, 1, DateTime.DaysInMonth(year, month));
        var days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch;
        return (long)days.TotalSeconds
            + (Math.Min(time >> 11, 23) * 3600) + (Math.Min((time >> 5) & 63, 59) * 60) + Math.Min((time & 31) * 2, 59);
    }

    /// <summary>
    /// Seconds as the extra fields have them, in 32 bits: signed, but where the MS-DOS time is one behind 2038, which they then mean.
    /// </summary>
    public static long Widen(uint seconds, long dosSeconds) => dosSeconds >= int.MaxValue - 86400L ? seconds : (int)seconds;
}

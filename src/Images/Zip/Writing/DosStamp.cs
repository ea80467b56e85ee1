namespace CondaFuse.Images.Zip.Writing;

/// <summary>Times as MS-DOS has them: two seconds exact, 1980 to 2107; in UTC, so that the same tree gives the same archive everywhere.</summary>
internal static class DosStamp
{
    private const long First = 315_532_800, Last = 4_354_819_198;

    /// <summary>The nearest one.</summary>
    public static (ushort Date, ushort Time) Of(long seconds)
    {
        var time = DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, First, Last));
        return ((ushort)(((time.Year - 1980) << 9) | (time.Month << 5) | time.Day), (ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2)));
    }
}

using System.Globalization;

namespace CondaFuse.Images.Tests;

/// <summary>Processor time of the current thread. Unlike elapsed time, it does not depend on what else the machine does.</summary>
internal static class ThreadTime
{
    private const int TicksPerSecond = 100; // USER_HZ

    public static TimeSpan Used()
    {
        // proc(5): user and system time are fields 14 and 15; the second field, a name in parentheses, may contain spaces.
        var stat = File.ReadAllText("/proc/thread-self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((double)(Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

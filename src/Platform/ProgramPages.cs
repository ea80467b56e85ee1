using System.Globalization;

namespace CondaFuse.Platform;

/// <summary>The machine code and constants of this process.</summary>
public static class ProgramPages
{
    /// <summary>
    /// Releases the pages of code and constants of the program and its libraries. Their content stays in the page cache. Pages that are used again
    /// are mapped again, at the cost of a minor page fault per 64 KiB.
    /// </summary>
    public static void Release()
    {
        var ranges = new List<(nuint Start, nuint End)>();
        (nuint Start, nuint End)? constant = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (TryParse(line, out var range, out var isConstant))
            {
                constant = isConstant ? range : null;
            }
            else if (constant is { } unwritten // pages that the loader wrote before protecting them are anonymous
                && line.StartsWith("Anonymous:", StringComparison.Ordinal)
                && line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                ranges.Add(unwritten);
            }
        }

        foreach (var (start, end) in ranges)
        {
            _ = Libc.madvise(start, end - start, Libc.AdviseNotNeeded);
        }
    }

    /// <summary>Whether a line starts a mapping, and whether the mapping is a read-only one of a file.</summary>
    private static bool TryParse(string line, out (nuint Start, nuint End) range, out bool isConstant)
    {
        // 1aab6000-1b08a000 r-xp 00005000 fe:00 332471    /usr/bin/condafuse
        range = default;
        isConstant = false;
        if (!char.IsAsciiHexDigitLower(line[0])
            || line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries) is not [var addresses, { Length: 4 } rights, _, _, var inode, ..]
            || addresses.Split('-') is not [var start, var end]
            || !TryParse(start, out range.Start)
            || !TryParse(end, out range.End))
        {
            return false;
        }

        isConstant = rights is "r-xp" or "r--p" && inode != "0";
        return true;
    }

    private static bool TryParse(string text, out nuint address) =>
        nuint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
}

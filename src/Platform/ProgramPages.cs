using System.Globalization;

namespace CondaFuse.Platform;

/// <summary>The machine code and constants of this process.</summary>
public static class ProgramPages
{
    /// <summary>
    /// Gives back the pages of code and constants, the program's and its libraries'. They are the files' own and stay in the page cache; what is
    /// used again is mapped again, at the cost of a minor page fault for each 64 KiB.
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
            else if (constant is { } unwritten // what the loader wrote and protected afterwards is anonymous
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

    /// <summary>Whether a line begins a mapping, and whether that is of a file and cannot be written.</summary>
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

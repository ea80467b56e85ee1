using System.Globalization;
using CondaFuse.Platform;

namespace CondaFuse.Mounts;

/// <summary>Files and links below <c>/proc</c>. At any moment, their process may have exited or belong to another user.</summary>
internal static class ProcFile
{
    /// <summary>The content; null if it cannot be read now.</summary>
    internal static string? TryReadText(string path)
    {
        try
        {
            return KernelFile.ReadText(path);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return null;
        }
    }

    /// <summary>The target of a link; null if it cannot be read now.</summary>
    internal static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return null;
        }
    }

    /// <summary>Names in a directory; none if it cannot be read.</summary>
    internal static IReadOnlyList<string> List(string path)
    {
        try
        {
            return Directory.GetFileSystemEntries(path);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return [];
        }
    }

    /// <summary>Ids of all processes.</summary>
    internal static IEnumerable<int> ProcessIds() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0).Where(id => id > 0);

    // ESRCH, the result if a process exits between open and read, is reported as an IOException.
    private static bool IsGone(Exception failure) => failure is IOException or UnauthorizedAccessException;
}

/// <summary>A process, distinguished by its start time from a later one with the same number.</summary>
/// <param name="Id">Process id.</param>
/// <param name="StartTicks">Clock ticks from boot to its start: field 22 of <c>/proc/PID/stat</c>.</param>
public readonly record struct ProcessIdentity(int Id, ulong StartTicks)
{
    /// <summary>The process with this id now; null if there is none, or only a zombie.</summary>
    public static ProcessIdentity? Find(int id)
    {
        const int startTicksAfterCommand = 19;
        var fields = StatAfterCommand($"{id}");
        var ended = fields.Length <= startTicksAfterCommand || fields[0] is "Z" or "X";
        return ended ? null : new ProcessIdentity(id, ulong.Parse(fields[startTicksAfterCommand], CultureInfo.InvariantCulture));
    }

    /// <summary>Identifies the namespace of this process's process ids.</summary>
    public static string Space { get; } = ProcFile.TryReadLink("/proc/self/ns/pid") ?? string.Empty;

    /// <summary>Id of the process that started this one.</summary>
    public static int ParentOfThis() => int.Parse(StatAfterCommand("self")[1], CultureInfo.InvariantCulture);

    /// <summary>Its name, as <c>ps</c> shows it.</summary>
    public string Command => ProcFile.TryReadText($"/proc/{Id}/comm")?.Trim() ?? "?";

    /// <summary>Whether it is still running.</summary>
    public bool IsAlive => Find(Id) == this;

    // 4711 (any (text) at all) S 1 … — the command ends at the last parenthesis.
    private static string[] StatAfterCommand(string process)
    {
        var text = ProcFile.TryReadText($"/proc/{process}/stat") ?? string.Empty;
        return text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}

/// <summary>Waits for the end of a process that is not a child.</summary>
public static class ServerProcess
{
    /// <summary>Waits until a process has ended.</summary>
    /// <returns>False if it did not end in time.</returns>
    public static bool WaitForEnd(ProcessIdentity process, TimeSpan time, TimeProvider clock)
    {
        // Open the descriptor first: it pins the process, so that its number cannot be reused while its identity is checked.
        using var descriptor = Processes.TryOpen(process.Id);
        var start = clock.GetTimestamp();
        while (process.IsAlive)
        {
            var left = time - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            if (descriptor is not null)
            {
                if (Processes.WaitForEnd(descriptor, left))
                {
                    return true;
                }
            }
            else
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(5));
            }
        }

        return true;
    }
}

using System.Globalization;

namespace CondaFuse.Mounts;

/// <summary>A process, told apart from a later one that got the same number by when it started.</summary>
/// <param name="Id">Process id.</param>
/// <param name="StartTicks">Clock ticks from boot to its start: field 22 of <c>/proc/PID/stat</c>.</param>
public readonly record struct ProcessIdentity(int Id, ulong StartTicks)
{
    /// <summary>The process that has this id now; null if none, or only a zombie, has.</summary>
    public static ProcessIdentity? Find(int id)
    {
        const int startTicksAfterCommand = 19;
        var fields = StatAfterCommand($"{id}");
        var ended = fields.Length <= startTicksAfterCommand || fields[0] is "Z" or "X";
        return ended ? null : new ProcessIdentity(id, ulong.Parse(fields[startTicksAfterCommand], CultureInfo.InvariantCulture));
    }

    /// <summary>Names the namespace in which process ids mean what they mean to this process.</summary>
    public static string Space => ProcFile.TryReadLink("/proc/self/ns/pid") ?? string.Empty;

    /// <summary>Id of the process that started this one.</summary>
    public static int ParentOfThis() => int.Parse(StatAfterCommand("self")[1], CultureInfo.InvariantCulture);

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive => Find(Id) == this;

    // 4711 (any (text) at all) S 1 … — the command ends at the last parenthesis.
    private static string[] StatAfterCommand(string process)
    {
        var text = ProcFile.TryReadText($"/proc/{process}/stat") ?? string.Empty;
        return text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}

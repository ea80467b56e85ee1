using CondaFuse.Platform;

namespace CondaFuse.Mounts;

/// <summary>A process that keeps a mount busy.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Command">Its name, as <c>ps</c> shows it.</param>
/// <param name="Holds">What it uses: <c>working directory</c>, <c>program</c>, <c>root</c>, <c>open file</c> or <c>mapped file</c>, with the
/// path.</param>
public sealed record MountHolder(int ProcessId, string Command, IReadOnlyList<string> Holds)
{
    /// <summary>Finds other processes that use something below a mount point, as far as this user may see.</summary>
    public static IReadOnlyList<MountHolder> Find(string mountPoint)
    {
        var holders = new List<MountHolder>();
        foreach (var id in ProcFile.ProcessIds().Where(id => id != Identity.ProcessId))
        {
            var holds = Held(id, mountPoint).Distinct(StringComparer.Ordinal).ToList();
            if (holds.Count > 0)
            {
                holders.Add(new MountHolder(id, ProcFile.TryReadText($"/proc/{id}/comm")?.Trim() ?? "?", holds));
            }
        }

        return holders;
    }

    private static IEnumerable<string> Held(int id, string mountPoint)
    {
        (string Link, string Kind)[] links = [("cwd", "working directory"), ("exe", "program"), ("root", "root")];
        foreach (var (link, kind) in links)
        {
            if (ProcFile.TryReadLink($"/proc/{id}/{link}") is { } target && IsBelow(target, mountPoint))
            {
                yield return $"{kind} {target}";
            }
        }

        foreach (var descriptor in ProcFile.List($"/proc/{id}/fd"))
        {
            if (ProcFile.TryReadLink(descriptor) is { } target && IsBelow(target, mountPoint))
            {
                yield return $"open file {target}";
            }
        }

        foreach (var line in (ProcFile.TryReadText($"/proc/{id}/maps") ?? string.Empty).Split('\n'))
        {
            var start = line.IndexOf('/', StringComparison.Ordinal);
            if (start >= 0 && IsBelow(line[start..], mountPoint))
            {
                yield return $"mapped file {line[start..]}";
            }
        }
    }

    private static bool IsBelow(string path, string mountPoint) =>
        path.StartsWith(mountPoint, StringComparison.Ordinal) && (path.Length == mountPoint.Length || path[mountPoint.Length] == '/');
}

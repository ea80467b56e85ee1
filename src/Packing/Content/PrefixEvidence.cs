using System.Text;
using System.Text.Unicode;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Finds the prefix from an environment's own files, without conda's records.</summary>
internal static class PrefixEvidence
{
    private const int MaxScripts = 64;
    private const int EnoughVotes = 3;
    private const int LargestScript = 1 << 20;
    private const int StartBytes = 512;

    /// <summary>The prefix in the environment's marker file; null if it has none.</summary>
    public static string? Mark(EnvironmentTree environment) =>
        environment.Describe(PrefixDiscovery.MarkPath) is { Kind: EntryKind.File, Size: <= PrefixMark.LongestPrefix + 1 } mark
            && PrefixMark.TryParse(environment.Read(mark)) is { } prefix
            && Utf8.IsValid(prefix)
                ? Encoding.UTF8.GetString(prefix)
                : null;

    /// <summary>
    /// The prefix that the first lines of several scripts agree on; null if there is none. Only scripts that name a program in the environment's own
    /// <c>bin</c> count.
    /// </summary>
    public static string? Shebang(EnvironmentTree environment)
    {
        var programs = environment.Programs();
        var names = programs.Select(program => Encoding.UTF8.GetString(program.Name)).ToHashSet(StringComparer.Ordinal);
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var program in programs.Where(program => program.Kind == EntryKind.File).Take(MaxScripts))
        {
            if (environment.Describe(program.Node) is { Size: <= LargestScript } file
                && EnvironmentTree.Sound(() => environment.ReadStart(file, StartBytes)) is { } start
                && PrefixOf(start, names) is { } prefix
                && IsOwn(prefix)
                && (votes[prefix] = votes.GetValueOrDefault(prefix) + 1) >= EnoughVotes)
            {
                return prefix;
            }
        }

        return votes.Count == 0 ? null : votes.OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key, StringComparer.Ordinal).First().Key;
    }

    /// <summary>Whether a path may be the prefix of an environment, rather than a system directory.</summary>
    public static bool IsOwn(string prefix) =>
        prefix is not ("/usr" or "/usr/local" or "/bin" or "/opt" or "/home" or "/tmp") && PrefixMark.IsPrefix(Encoding.UTF8.GetBytes(prefix));

    /// <summary>The prefix in a first line, including pip's form for paths that the kernel does not support.</summary>
    private static string? PrefixOf(ReadOnlySpan<byte> start, HashSet<string> programs)
    {
        if (!start.StartsWith("#!"u8))
        {
            return null;
        }

        const string exec = "'''exec' ";
        var lines = Encoding.UTF8.GetString(start).Split('\n', 3);
        var line = lines[0][2..].Trim();
        if (line == "/bin/sh" && lines.Length > 1 && lines[1].StartsWith(exec, StringComparison.Ordinal))
        {
            line = lines[1][exec.Length..].Trim();
            line = line.StartsWith('"') ? line[1..].Split('"')[0] : line.Split(' ')[0];
        }

        var bin = line.IndexOf("/bin/", StringComparison.Ordinal);
        return bin > 0 && programs.Contains(line[(bin + "/bin/".Length)..].Split(' ')[0]) ? line[..bin] : null;
    }
}

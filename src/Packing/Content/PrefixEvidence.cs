using System.Text;
using System.Text.Unicode;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Finds the prefix from an environment's own files, without conda's records.</summary>
internal static class PrefixEvidence
{
    private const int MaxScripts = 1024;
    private const int EnoughVotes = 3;
    private const int LargestScript = 64 << 10;
    private const int StartBytes = 512;

    /// <summary>The prefix in the environment's marker file; null if it has none.</summary>
    public static string? Mark(EnvironmentTree environment) =>
        environment.Describe(PrefixDiscovery.MarkPath) is { Kind: EntryKind.File, Size: <= PrefixMark.LongestPrefix + 1 } mark
            && PrefixMark.TryParse(environment.Read(mark)) is { } prefix
            && Utf8.IsValid(prefix)
                ? Encoding.UTF8.GetString(prefix)
                : null;

    /// <summary>The prefix that the first lines of scripts name; null if none does, or they differ.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="isUniform">Whether all of it was written at once, so that a few scripts tell what all name.</param>
    public static string? Shebang(EnvironmentTree environment, bool isUniform)
    {
        var (prefix, votes) = ((string?)null, 0);
        foreach (var named in Named(environment))
        {
            if (prefix is not null && named != prefix)
            {
                return null;
            }

            prefix = named;
            if (++votes >= EnoughVotes && isUniform)
            {
                break;
            }
        }

        return prefix;
    }

    /// <summary>The prefixes that the first lines of scripts name, that of most scripts first.</summary>
    public static IReadOnlyList<string> Shebangs(EnvironmentTree environment) =>
        [.. Named(environment).CountBy(prefix => prefix, StringComparer.Ordinal)
            .OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key, StringComparer.Ordinal).Select(vote => vote.Key)];

    /// <summary>
    /// The prefix that the first line of each script names. Only scripts that name a program in the environment's own <c>bin</c> count.
    /// </summary>
    private static IEnumerable<string> Named(EnvironmentTree environment)
    {
        var programs = environment.Programs();
        var names = programs.Select(program => Encoding.UTF8.GetString(program.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var program in programs.Where(program => program.Kind == EntryKind.File).Take(MaxScripts))
        {
            if (environment.Describe(program.Node) is { Size: <= LargestScript } file
                && EnvironmentTree.Sound(() => environment.ReadStart(file, StartBytes)) is { } start
                && PrefixOf(start, names) is { } prefix
                && IsOwn(prefix))
            {
                yield return prefix;
            }
        }
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
            line = line.StartsWith('"') && line.IndexOf('"', 1) is > 0 and var end
                ? line[1..end] + line[(end + 1)..].Split(' ')[0]
                : line.Split(' ')[0];
        }

        var bin = line.IndexOf("/bin/", StringComparison.Ordinal);
        return bin > 0 && programs.Contains(line[(bin + "/bin/".Length)..].Split(' ')[0]) ? line[..bin] : null;
    }
}

using System.Buffers;

namespace CondaFuse.EnvironmentFiles.Versions;

/// <summary>A dependency in conda's notation: a name, conditions on the version, and a build.</summary>
/// <param name="Name">The other package.</param>
/// <param name="Version">Conditions on its version; empty for any.</param>
/// <param name="Build">Its build; empty for any.</param>
internal sealed record Dependency(string Name, string Version, string Build)
{
    /// <summary>The prefix of virtual packages' names, which describe the machine.</summary>
    public const string VirtualPrefix = "__";

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" =<>!~");

    /// <summary>Parses a dependency: <c>python &gt;=3.9</c>, <c>__archspec 1 x86_64_v3</c>, <c>__glibc&gt;=2.17</c>.</summary>
    public static Dependency Parse(string text)
    {
        var spec = text.Split('[')[0].Trim();
        var end = spec.AsSpan().IndexOfAny(NameEnds);
        if (end < 0)
        {
            return new Dependency(spec, string.Empty, string.Empty);
        }

        var words = spec[end..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // The build is a separate word after the version, which may have spaces between its conditions: ">=2.17, <3".
        var isBuild = words.Length > 1 && char.IsAsciiLetterOrDigit(words[^1][0]) && !words[^2].EndsWith(',') && !words[^2].EndsWith('|');
        return new Dependency(spec[..end], string.Concat(isBuild ? words[..^1] : words), isBuild ? words[^1] : string.Empty);
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>The list in <c>bin/conda-unpack</c> of an environment that conda-pack or CondaFuse packed for no particular prefix.</summary>
internal static partial class UnpackList
{
    /// <summary>The program's path.</summary>
    public const string Path = "bin/conda-unpack";

    private const int LargestScript = 64 << 20;
    private const int MaxRecords = 1 << 20;

    /// <summary>Reads the list; empty if there is none.</summary>
    public static IReadOnlyDictionary<string, PrefixRecord> Read(EnvironmentTree environment)
    {
        var records = new Dictionary<string, PrefixRecord>(StringComparer.Ordinal);
        if (environment.Describe(Path) is { Kind: EntryKind.File, Size: <= LargestScript } script)
        {
            var text = Encoding.UTF8.GetString(environment.Read(script));
            for (var match = Line().Match(text); match.Success && records.Count < MaxRecords; match = match.NextMatch())
            {
                var mode = match.Groups["mode"].Value == "binary" ? PrefixMode.Binary : PrefixMode.Text;
                var record = new PrefixRecord(Unescape(match.Groups["path"].Value), Unescape(match.Groups["old"].Value), mode);
                records.TryAdd(record.Path, record);
            }
        }

        return records;
    }

    /// <summary>A line of the list: three literals of Python, either bytes or text.</summary>
    [GeneratedRegex(
        """^[\w =\[]*\(b?(?<a>["'])(?<path>[^\n]{0,4096}?)\k<a>, *b?(?<b>["'])(?<old>/[^\n]{0,4096}?)\k<b>, """
            + """*b?(?<c>["'])(?<mode>text|binary)\k<c>\)""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Line();

    private static string Unescape(string literal)
    {
        if (!literal.Contains('\\', StringComparison.Ordinal))
        {
            return literal;
        }

        var bytes = new List<byte>(literal.Length);
        for (var at = 0; at < literal.Length; at++)
        {
            const int hex = 4;
            if (literal[at] == '\\' && at + hex <= literal.Length && literal[at + 1] == 'x'
                && byte.TryParse(literal.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                bytes.Add(unit);
                at += hex - 1;
                continue;
            }

            at += literal[at] == '\\' && at + 1 < literal.Length ? 1 : 0;
            bytes.AddRange(Encoding.UTF8.GetBytes(literal[at].ToString()));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}

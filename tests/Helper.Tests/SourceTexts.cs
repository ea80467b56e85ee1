using System.Text;

namespace CondaFuse.Helper.Tests;

/// <summary>The string literals of C# sources.</summary>
internal static class SourceTexts
{
    /// <summary>
    /// Literals as they stand in the source, without quotation marks. An interpolation keeps its expression, and literals that
    /// are joined by + count as one.
    /// </summary>
    public static IEnumerable<string> Of(string source)
    {
        var joined = new StringBuilder();
        var wasJoined = false;
        for (var at = 0; at < source.Length;)
        {
            if (Comment(source, at) is var end && end > at)
            {
                at = end;
            }
            else if (source[at] == '\'')
            {
                at = source.IndexOf('\'', source[at + 1] == '\\' ? at + 3 : at + 2) + 1;
            }
            else if (Literal(source, at) is { } literal)
            {
                if (!wasJoined && joined.Length > 0)
                {
                    yield return joined.ToString();
                    joined.Clear();
                }

                joined.Append(literal.Text);
                at = literal.End;
                wasJoined = source.AsSpan(at).TrimStart().StartsWith("+");
            }
            else
            {
                at++;
            }
        }

        if (joined.Length > 0)
        {
            yield return joined.ToString();
        }
    }

    private static int Comment(string source, int at) =>
        string.CompareOrdinal(source, at, "//", 0, 2) != 0 ? at
        : source.IndexOf('\n', at) is var end && end < 0 ? source.Length : end;

    /// <summary>The literal that begins there; null if none does.</summary>
    private static (string Text, int End)? Literal(string source, int at)
    {
        var start = at;
        while (start < source.Length && source[start] is '$' or '@')
        {
            start++;
        }

        if (start == source.Length || source[start] != '"')
        {
            return null;
        }

        var prefix = source[at..start];
        const string raw = "\"\"\"";
        if (string.CompareOrdinal(source, start, raw, 0, raw.Length) == 0)
        {
            var last = source.IndexOf(raw, start + raw.Length, StringComparison.Ordinal);
            return (source[(start + raw.Length)..last], last + raw.Length);
        }

        var end = End(source, start + 1, prefix.Contains('$', StringComparison.Ordinal), prefix.Contains('@', StringComparison.Ordinal));
        return (source[(start + 1)..end], end + 1);
    }

    /// <summary>Index of the closing quotation mark. Interpolations may hold literals.</summary>
    private static int End(string source, int at, bool isInterpolated, bool isVerbatim)
    {
        for (; source[at] != '"' || (isVerbatim && source[at + 1] == '"'); at++)
        {
            if ((source[at] == '\\' && !isVerbatim) || source[at] == '"' || (isInterpolated && source[at] == '{' && source[at + 1] == '{'))
            {
                at++;
            }
            else if (isInterpolated && source[at] == '{')
            {
                for (var depth = 1; depth > 0;)
                {
                    at = Literal(source, ++at) is { } inner ? inner.End - 1 : at;
                    depth += source[at] switch { '{' => 1, '}' => -1, _ => 0 };
                }
            }
        }

        return at;
    }
}

namespace CondaFuse.Packing.FirstUse;

/// <summary>
/// Finds the modules that a Python source imports while it is itself imported, by its lines: no function body, nothing for type checkers, nothing for
/// use as a script. What looks like an import in a string is found too; callers ignore names of modules that do not exist.
/// </summary>
internal static class ImportScan
{
    private static readonly string[] NotExecuted = ["def ", "async def ", "if TYPE_CHECKING", "if typing.TYPE_CHECKING", "if __name__"];
    private static readonly char[] BetweenNames = [' ', '\t', ',', '(', ')', ';', '\\'];

    /// <summary>
    /// Names of modules in the order of their import, each after its packages. Of <c>from a import b</c>, both <c>a</c> and <c>a.b</c>.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="package">The package that relative names start from; empty for a top-level module.</param>
    public static IEnumerable<string> Of(string source, string package)
    {
        var skipped = int.MaxValue; // lines that are indented more are not executed
        using var lines = source.Split('\n').AsEnumerable().GetEnumerator();
        while (lines.MoveNext())
        {
            var line = lines.Current.TrimStart(' ', '\t');
            var indent = lines.Current.Length - line.Length;
            if (line.Length == 0 || line[0] == '#' || indent > skipped || (indent == skipped && line[0] is ')' or ']'))
            {
                continue;
            }

            var isExecuted = !Array.Exists(NotExecuted, start => line.StartsWith(start, StringComparison.Ordinal));
            skipped = isExecuted ? int.MaxValue : indent;
            var names = line.StartsWith("import ", StringComparison.Ordinal) ? Imported(Code(line)["import ".Length..])
                : line.StartsWith("from ", StringComparison.Ordinal) ? ImportedFrom(Joined(line, lines), package)
                : [];
            foreach (var name in names)
            {
                yield return name;
            }
        }
    }

    /// <summary><c>a.b as c, d</c>.</summary>
    private static IEnumerable<string> Imported(string names) =>
        names.Split(';')[0].Split(',').SelectMany(name => WithPackages(name.Trim().Split(' ')[0]));

    /// <summary><c>from ..a import b as c, d</c>.</summary>
    private static IEnumerable<string> ImportedFrom(string statement, string package)
    {
        var words = statement.Split(BetweenNames, StringSplitOptions.RemoveEmptyEntries);
        var import = Array.IndexOf(words, "import");
        if (import is not (1 or 2))
        {
            yield break; // 'from .import a' is valid too, but nobody writes it
        }

        var from = string.Concat(words[1..import]);
        var start = import == 1 ? "" : Absolute(from, package);
        foreach (var name in WithPackages(start))
        {
            yield return name;
        }

        for (var at = import + 1; at < words.Length && start.Length > 0; at += words.ElementAtOrDefault(at + 1) == "as" ? 3 : 1)
        {
            yield return $"{start}.{words[at]}";
        }
    }

    /// <summary>Each leading dot but the first leads to the package above.</summary>
    private static string Absolute(string name, string package)
    {
        var rest = name.TrimStart('.');
        if (rest.Length == name.Length)
        {
            return name;
        }

        var parents = package.Split('.');
        var kept = parents.Length - (name.Length - rest.Length - 1);
        var start = kept > 0 ? string.Join('.', parents[..kept]) : "";
        return start.Length == 0 || rest.Length == 0 ? start : $"{start}.{rest}";
    }

    private static IEnumerable<string> WithPackages(string name)
    {
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            yield return name[..dot];
        }

        if (name.Length > 0)
        {
            yield return name;
        }
    }

    /// <summary>A statement with the lines that continue it.</summary>
    private static string Joined(string line, IEnumerator<string> lines)
    {
        var statement = Code(line);
        while ((statement.EndsWith('\\') || (statement.Contains('(', StringComparison.Ordinal) && !statement.Contains(')', StringComparison.Ordinal)))
               && lines.MoveNext())
        {
            statement = $"{statement} {Code(lines.Current)}";
        }

        return statement;
    }

    /// <summary>A line without its comment.</summary>
    private static string Code(string line) => line.Split('#')[0].TrimEnd();
}

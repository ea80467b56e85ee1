namespace CondaFuse.EnvironmentFiles;

/// <summary>Files with one package per line: pip's, and those for <c>conda create --file</c>.</summary>
internal static class PackageLines
{
    /// <summary>The lines with content; continued lines are joined.</summary>
    public static IReadOnlyList<string> Of(string text) =>
        [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>Whether they are for pip. If both pip and conda could read them, the file name decides.</summary>
    public static bool AreOfPip(IReadOnlyList<string> lines, string fileName) =>
        lines.Any(IsOnlyOfPip) || (!lines.Any(IsOnlyOfConda) && fileName.Contains("requirements", StringComparison.OrdinalIgnoreCase));

    private static bool IsOnlyOfPip(string line) =>
        line[0] == '-' || line.Contains(" @ ", StringComparison.Ordinal) || line.Contains(';', StringComparison.Ordinal)
            || line.Contains("--hash", StringComparison.Ordinal)
        || line.Contains("git+", StringComparison.Ordinal) || line.Contains("===", StringComparison.Ordinal)
            || line.EndsWith(".whl", StringComparison.Ordinal)
        || (!line.Contains("::", StringComparison.Ordinal) && Bracketed(line) is { } extras && !extras.Contains('=', StringComparison.Ordinal));

    /// <summary>The part in brackets: pip's extras, or conda's conditions.</summary>
    private static string? Bracketed(string line) =>
        line.IndexOf('[', StringComparison.Ordinal) is >= 0 and var start && line.IndexOf(']', start) is > 0 and var end ? line[(start + 1)..end]
            : null;

    /// <summary>A channel, a build, a single <c>=</c>, or a space before the version.</summary>
    private static bool IsOnlyOfConda(string line)
    {
        if (line.Contains("::", StringComparison.Ordinal))
        {
            return true;
        }

        var at = line.IndexOf('=', StringComparison.Ordinal);
        var isSingle = at > 0 && line[at - 1] is not ('<' or '>' or '!' or '~' or '=') && (at + 1 == line.Length || line[at + 1] != '=');
        return isSingle || (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var second, ..] && char.IsAsciiDigit(second[0]));
    }
}

namespace CondaFuse.ShellTemplates;

/// <summary>
/// Quoting of fish: between single quotes a backslash stands before a quote and before itself, and nothing else is special.
/// A plain word stays bare, as <c>fish_indent</c> has it; unlike in bash and zsh no alias can reach an argument.
/// </summary>
internal static class FishQuoting
{
    public static string Quote(string value) =>
        IsPlain(ShellValue.Checked(value))
            ? value
            : "'" + value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal) + "'";

    private static bool IsPlain(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

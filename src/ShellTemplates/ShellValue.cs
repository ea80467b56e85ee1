namespace CondaFuse.ShellTemplates;

internal static class ShellValue
{
    /// <summary>The value, if a shell can hold it: any text without NUL.</summary>
    public static string Checked(string value) =>
        value.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("No shell can hold a value with a NUL.", nameof(value)) : value;
}

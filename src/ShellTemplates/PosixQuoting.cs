namespace CondaFuse.ShellTemplates;

/// <summary>Quoting of POSIX shells, bash and zsh: between single quotes nothing is special but their end.</summary>
internal static class PosixQuoting
{
    public static string Quote(string value) => "'" + ShellValue.Checked(value).Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}

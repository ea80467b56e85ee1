namespace CondaFuse.Activation;

/// <summary>Names of variables. A shell cannot quote them, so a name from a file is checked before it becomes part of a command.</summary>
internal static class VariableName
{
    /// <summary>True for an ASCII letter or underscore, followed by letters, digits and underscores.</summary>
    public static bool IsValid(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}

namespace CondaFuse.Store;

/// <summary>Words of commands in messages, so that the user can paste them into bash, zsh or fish.</summary>
public static class ShellArgument
{
    private const string Plain = "_@%+=:,./-";

    /// <summary>A name as an argument: as it is, or quoted if a shell would interpret it.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || Plain.Contains(letter, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>The name of an environment as an argument.</summary>
    public static string Of(EnvironmentName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Of(name.Value);
    }
}

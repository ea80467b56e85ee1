using System.Text;

namespace CondaFuse.EnvironmentFiles.Yaml;

/// <summary>Writes strings as YAML, so that every reader treats them as strings.</summary>
internal static class YamlWriting
{
    /// <summary>A string in double quotes, which JSON and YAML share.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(letter) || char.IsSurrogate(letter) => quoted.Append($"\\u{(int)letter:x4}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>An unquoted string if it cannot be mistaken for anything else, otherwise a quoted one.</summary>
    public static string Plain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0])
            && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '=' or '/' or '+')
        && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "null" or "y" or "n")
            ? text
            : Quote(text);
}

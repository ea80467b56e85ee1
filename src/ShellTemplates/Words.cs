using System.Text.Json;

namespace CondaFuse.ShellTemplates;

/// <summary>The messages that all shells share, from <c>messages.json</c>.</summary>
internal static class Words
{
    /// <summary>Name of the file in the template folder.</summary>
    public const string FileName = "messages.json";

    /// <summary>Reads the messages into a form that templates can use. A list of strings in <c>help</c> becomes one text of several lines.</summary>
    public static Dictionary<string, object> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var words = Map(document.RootElement);
        words["help"] = document.RootElement.GetProperty("help").EnumerateObject()
            .ToDictionary(
                text => text.Name,
                object (text) => string.Join('\n', text.Value.EnumerateArray().Select(line => line.GetString())),
                StringComparer.Ordinal);
        return words;
    }

    private static Dictionary<string, object> Map(JsonElement element) =>
        element.EnumerateObject().ToDictionary(member => member.Name, member => Value(member.Value), StringComparer.Ordinal);

    private static object Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Map(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.String => element.GetString()!,
        _ => throw new FormatException($"{FileName} holds texts, lists and objects, but no {element.ValueKind}."),
    };
}

/// <summary>A shell's language: its name, and how it quotes a value so that it becomes exactly one word.</summary>
/// <param name="Name">The shell's name, which is also its folder of templates.</param>
/// <param name="Quote">Quotes a value; throws <see cref="ArgumentException"/> if the shell cannot represent it.</param>
internal sealed record Dialect(string Name, Func<string, string> Quote)
{
    public static Dialect Bash { get; } = new("bash", PosixQuoting.Quote);

    public static Dialect Zsh { get; } = new("zsh", PosixQuoting.Quote);

    public static Dialect Fish { get; } = new("fish", FishQuoting.Quote);

    public static IReadOnlyList<Dialect> All { get; } = [Bash, Zsh, Fish];
}

internal static class ShellValue
{
    /// <summary>The value, if a shell can represent it: any text without NUL.</summary>
    public static string Checked(string value) =>
        value.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException("No shell can hold a value with a NUL.", nameof(value)) : value;
}

/// <summary>Quoting for POSIX shells, bash and zsh: between single quotes, only the closing quote is special.</summary>
internal static class PosixQuoting
{
    public static string Quote(string value) => "'" + ShellValue.Checked(value).Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}

/// <summary>
/// Quoting for fish: between single quotes, a backslash escapes a quote and itself, and nothing else is special. A plain word stays unquoted, as in
/// <c>fish_indent</c>; unlike in bash and zsh, aliases cannot affect arguments.
/// </summary>
internal static class FishQuoting
{
    public static string Quote(string value) =>
        IsPlain(ShellValue.Checked(value))
            ? value
            : "'" + value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal) + "'";

    private static bool IsPlain(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

using System.Text;

namespace CondaFuse.Activation;

/// <summary>
/// A shell's language, defined by a table in <c>shells/</c>: a line for each action, and how to quote a word. Everything that is printed for
/// evaluation is quoted here.
/// </summary>
public sealed class Dialect
{
    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);
    private readonly List<(char Letter, string Text)> _escapes = [];

    private Dialect()
    {
    }

    /// <summary>The file extension of scripts for this shell.</summary>
    public string ScriptExtension => _lines["scripts"];

    /// <summary>The variable with the prompt; null if the shell draws it in another way.</summary>
    public string? PromptVariable => _lines.GetValueOrDefault("prompt");

    /// <summary>
    /// Reads a shell's table: a key, spaces, and a text up to the end of the line. Lines that begin with <c>#</c> are comments.
    /// </summary>
    /// <exception cref="FormatException">A key is missing.</exception>
    public static Dialect Parse(string table) =>
        Parse(table, ["scripts", "quote", "export", "unset", "assign", "source", "rehash", "conda"]);

    /// <summary>Reads the table of a language of module files.</summary>
    /// <inheritdoc cref="Parse(string)" path="/exception"/>
    public static Dialect ParseModule(string table) => Parse(table, ["quote", "export", "prepend", "append"]);

    private static Dialect Parse(string table, string[] needed)
    {
        var dialect = new Dialect();
        foreach (var line in table.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (key, text) = Halves(line);
            if (key == "escape")
            {
                var (letter, escaped) = Halves(text);
                dialect._escapes.Add((letter.Single(), escaped));
            }
            else
            {
                dialect._lines.Add(key, text);
            }
        }

        return Array.Find(needed, key => !dialect._lines.ContainsKey(key)) is { } missing
            ? throw new FormatException($"the table has no line '{missing}'")
            : dialect;
    }

    /// <summary>Writes actions as text for the shell to evaluate.</summary>
    public string Render(IEnumerable<ShellAction> actions) => string.Concat(actions.Select(action => Render(action) + "\n"));

    /// <summary>Writes the line with which a script replaces itself by a command; the script's own arguments follow the words.</summary>
    public string Become(IEnumerable<string> words) =>
        _lines["become"].Replace("{values}", Words(words), StringComparison.Ordinal) + "\n";

    /// <summary>The line that replaces the words of a command in a shell function.</summary>
    public string Replace(IEnumerable<string> words) => _lines["words"].Replace("{values}", Words(words), StringComparison.Ordinal) + "\n";

    /// <summary>The line that sets or extends a variable in a module file.</summary>
    /// <param name="key"><c>export</c>, <c>prepend</c> or <c>append</c>.</param>
    /// <param name="name">A valid variable name.</param>
    /// <param name="value">Any text without NUL.</param>
    public string Line(string key, string name, string value) => Fill(key, name, value) + "\n";

    /// <summary>Words as the language quotes them, separated by spaces.</summary>
    public string Words(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static (string Key, string Text) Halves(string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        return (line[..end], line[end..].TrimStart(' '));
    }

    private string Render(ShellAction action) => action switch
    {
        ShellAction.Export(var name, var value) => Fill("export", name, value),
        ShellAction.Unset(var name) => Fill("unset", name),
        ShellAction.Assign(var name, var value) => Fill("assign", name, value),
        ShellAction.Source(var path) => _lines["source"].Replace("{value}", Quote(path), StringComparison.Ordinal),
        ShellAction.Delegate(var words) => _lines["conda"].Replace("{values}", Words(words), StringComparison.Ordinal),
        _ => _lines["rehash"],
    };

    private string Fill(string key, string name, string value = "") =>
        VariableName.IsValid(name)
            ? _lines[key].Replace("{name}", name, StringComparison.Ordinal).Replace("{value}", Quote(value), StringComparison.Ordinal)
            : throw new ArgumentException("No shell has a variable of that name.", nameof(name));

    private string Quote(string value)
    {
        var text = new StringBuilder();
        foreach (var letter in value)
        {
            if (letter == '\0')
            {
                throw new ArgumentException("No shell can hold a value with a NUL.", nameof(value));
            }

            var escape = _escapes.FindIndex(escape => escape.Letter == letter);
            text.Append(escape < 0 ? letter.ToString() : _escapes[escape].Text);
        }

        return _lines["quote"].Replace("{}", text.ToString(), StringComparison.Ordinal);
    }
}

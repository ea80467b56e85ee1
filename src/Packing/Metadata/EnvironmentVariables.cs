using System.Text;
using System.Text.Json;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>
/// The variables that conda sets when it activates an environment: those of packages (<c>etc/conda/env_vars.d</c>), then those of <c>conda env config
/// vars</c>.
/// </summary>
internal static class EnvironmentVariables
{
    private const string OfPackages = "etc/conda/env_vars.d";
    private const string State = $"{CondaRecords.DirectoryName}/state";

    /// <summary>The value that <c>conda env config vars unset</c> leaves.</summary>
    private const string Unset = "***unset***";

    /// <summary>Reads them, ordered by name. Skips files that are not JSON objects, and names that are invalid in shells.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(SourceFiles files)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in files.Below(OfPackages).Order(StringComparer.Ordinal))
        {
            Add(variables, files.Read(path), property: null);
        }

        if (files.ByPath.ContainsKey(State))
        {
            Add(variables, files.Read(State), "env_vars");
        }

        return [.. variables.Where(variable => variable.Value != Unset && IsName(variable.Key))];
    }

    /// <summary>One line per variable for the packed scripts, with values escaped for <c>printf %b</c>.</summary>
    public static byte[] Format(IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        var lines = new StringBuilder();
        foreach (var (name, value) in variables)
        {
            lines.Append(name).Append('=');
            lines.Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private static void Add(SortedDictionary<string, string> variables, byte[] content, string? property)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (property is not null && (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(property, out root)))
            {
                return;
            }

            if (root.ValueKind == JsonValueKind.Object)
            {
                foreach (var variable in root.EnumerateObject())
                {
                    variables[variable.Name] = variable.Value.ToString();
                }
            }
        }
        catch (JsonException)
        {
            // Not written by conda, so conda would not activate it either.
        }
    }

    private static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}

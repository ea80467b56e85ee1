using System.Text.Json;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// The variables that belong to an environment: those of its packages (<c>etc/conda/env_vars.d</c>), then those of <c>conda env config vars</c>
/// (<c>conda-meta/state</c>), which count more.
/// </summary>
internal static class EnvironmentVariables
{
    /// <summary>conda writes this where a variable is to be left alone.</summary>
    private const string Unset = "***unset***";

    private const long MaxBytes = 1 << 20;

    /// <summary>Reads them. Files that are not what they should be are left out, as are names and values that no variable can have.</summary>
    public static IReadOnlyDictionary<string, string> Read(string prefix)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        var folder = Path.Combine(prefix, "etc", "conda", "env_vars.d");
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            Add(file, root => root, result);
        }

        Add(Path.Combine(prefix, "conda-meta", "state"), root => root.TryGetProperty("env_vars", out var variables) ? variables : default, result);
        return result.Where(pair => pair.Value != Unset).ToDictionary(StringComparer.Ordinal);
    }

    private static void Add(string file, Func<JsonElement, JsonElement> select, Dictionary<string, string> result)
    {
        try
        {
            if (new FileInfo(file) is not { Exists: true, Length: <= MaxBytes })
            {
                return;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || select(document.RootElement) is not { ValueKind: JsonValueKind.Object } variables)
            {
                return;
            }

            foreach (var variable in variables.EnumerateObject().Where(variable => variable.Value.ValueKind == JsonValueKind.String))
            {
                var value = variable.Value.GetString()!;
                if (variable.Name.Length > 0 && variable.Name.AsSpan().IndexOfAny('=', '\0') < 0 && !value.Contains('\0', StringComparison.Ordinal))
                {
                    result[variable.Name] = value;
                }
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // conda warns of it when it activates; a command is not kept from running.
        }
    }
}

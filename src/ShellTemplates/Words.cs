using System.Text.Json;

namespace CondaFuse.ShellTemplates;

/// <summary>The words that all shells share, as <c>messages.json</c> holds them.</summary>
internal static class Words
{
    /// <summary>Name of the file in the folder of templates.</summary>
    public const string FileName = "messages.json";

    /// <summary>Reads the words into what a template can look up. A list of texts below <c>help</c> is one text of several lines.</summary>
    public static Dictionary<string, object> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var words = Map(document.RootElement);
        words["help"] = document.RootElement.GetProperty("help").EnumerateObject()
            .ToDictionary(text => text.Name, object (text) => string.Join('\n', text.Value.EnumerateArray().Select(line => line.GetString())), StringComparer.Ordinal);
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

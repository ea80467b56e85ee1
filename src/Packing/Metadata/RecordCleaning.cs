using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CondaFuse.Packing.Metadata;

/// <summary>Takes out of a package's record where it came from on this machine: elsewhere that means nothing.</summary>
internal static class RecordCleaning
{
    private static readonly string[] LocalPaths = ["extracted_package_dir", "package_tarball_full_path"];
    private static readonly JsonWriterOptions Form = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Clean(byte[] record)
    {
        var node = JsonNode.Parse(record)!.AsObject();
        foreach (var field in LocalPaths.Where(node.ContainsKey))
        {
            node[field] = "";
        }

        if (node["link"] is JsonObject link && link.ContainsKey("source"))
        {
            link["source"] = "";
        }

        using var result = new MemoryStream();
        using (var writer = new Utf8JsonWriter(result, Form))
        {
            node.WriteTo(writer);
        }

        return result.ToArray();
    }
}

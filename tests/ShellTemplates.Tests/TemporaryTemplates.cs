using System.Text.Json.Nodes;

namespace CondaFuse.ShellTemplates.Tests;

/// <summary>A modifiable copy of the templates, removed when disposed.</summary>
internal sealed class TemporaryTemplates : IDisposable
{
    public TemporaryTemplates()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.Templates, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(Repository.Templates, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("shell-templates-").FullName;

    public void ReplaceHelp(string name, params string[] lines)
    {
        var file = System.IO.Path.Combine(Path, Words.FileName);
        var words = JsonNode.Parse(File.ReadAllText(file))!;
        words["help"]![name] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]);
        File.WriteAllText(file, words.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

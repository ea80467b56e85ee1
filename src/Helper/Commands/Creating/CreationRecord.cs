using System.Text;
using System.Text.Json;
using CondaFuse.EnvironmentFiles;
using CondaFuse.EnvironmentFiles.Installed;
using CondaFuse.EnvironmentFiles.Locks;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands.Creating;

/// <summary>
/// The environment's record of the file that it was created from, in <c>conda-meta/condafuse</c>: the file and the resulting packages, without
/// secrets.
/// </summary>
internal static class CreationRecord
{
    private const string Metadata = "conda-meta";
    private const string Folder = "condafuse";

    /// <summary>Writes the record, and removes secrets from conda's own records.</summary>
    public static void Keep(string prefix, EnvironmentFile file, LockSelection selection, string platform)
    {
        var folder = Directory.CreateDirectory(Path.Combine(prefix, Metadata, Folder)).FullName;
        File.WriteAllText(Path.Combine(folder, "source"), Credentials.Strip(file.Text));
        File.WriteAllText(
            Path.Combine(folder, "explicit.txt"), ExplicitList.Write(InstalledEnvironment.Read(prefix).Packages, platform, prefersSha256: false));
        using (var stream = File.Create(Path.Combine(folder, "source.json")))
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("file", file.Name);
            json.WriteString("format", file.FormatName);
            json.WriteString("environment", selection.Environment);
            json.WriteStartArray("categories");
            foreach (var category in selection.Categories)
            {
                json.WriteStringValue(category);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        foreach (var record in Directory.EnumerateFiles(Path.Combine(prefix, Metadata)))
        {
            var text = File.ReadAllText(record);
            if (Credentials.AreIn(text))
            {
                using var stripped = ReplacementFile.At(record);
                stripped.File.WriteAt(0, Encoding.UTF8.GetBytes(Credentials.Strip(text)));
                stripped.Publish();
            }
        }
    }
}

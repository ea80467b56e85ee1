using System.Globalization;
using System.Text.Json;
using CondaFuse.Mounts;

namespace CondaFuse.Store;

/// <summary>What a server writes down about itself, beside its mount's lock.</summary>
/// <param name="Process">The server.</param>
/// <param name="MountPoint">Canonical.</param>
/// <param name="Archive">Canonical path of the image.</param>
/// <param name="Prefix">The environment's prefix below the mount point, as the user writes it.</param>
/// <param name="Since">When it was mounted.</param>
/// <param name="Generation">The earlier generation that it shows; null where it shows the present one.</param>
/// <param name="LeftOut">Why changes that are there are not shown, and nothing can be changed, in words for a person; null where they are.</param>
public sealed record ServerRecord(
    ProcessIdentity Process, string MountPoint, string Archive, string Prefix, DateTimeOffset Since, long? Generation = null, string? LeftOut = null)
{
    private const int Schema = 1;

    /// <summary>Reads a record; null if there is none that this version understands.</summary>
    public static ServerRecord? TryRead(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            return root.GetProperty("schema").GetInt32() != Schema
                ? null
                : new ServerRecord(
                    new ProcessIdentity(root.GetProperty("pid").GetInt32(), root.GetProperty("startTicks").GetUInt64()),
                    root.GetProperty("mountPoint").GetString()!,
                    root.GetProperty("archive").GetString()!,
                    root.GetProperty("prefix").GetString()!,
                    DateTimeOffset.Parse(root.GetProperty("since").GetString()!, CultureInfo.InvariantCulture),
                    root.TryGetProperty("generation", out var generation) ? generation.GetInt64() : null,
                    root.TryGetProperty("leftOut", out var leftOut) ? leftOut.GetString() : null);
        }
        catch (Exception failure) when (failure is IOException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // No record is as good as a broken one: the server is then found through /proc.
            return null;
        }
    }

    /// <summary>Writes the record; a reader sees all of it or none.</summary>
    public void Write(string file)
    {
        var temporary = $"{file}.new";
        using (var stream = File.Create(temporary))
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            json.WriteNumber("pid", Process.Id);
            json.WriteNumber("startTicks", Process.StartTicks);
            json.WriteString("mountPoint", MountPoint);
            json.WriteString("archive", Archive);
            json.WriteString("prefix", Prefix);
            json.WriteString("since", Since.ToString("O", CultureInfo.InvariantCulture));
            if (Generation is { } generation)
            {
                json.WriteNumber("generation", generation);
            }

            if (LeftOut is not null)
            {
                json.WriteString("leftOut", LeftOut);
            }

            json.WriteEndObject();
        }

        File.Move(temporary, file, overwrite: true);
    }
}

using System.Globalization;
using System.Text.Json;
using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>A server's record of itself in the runtime folder, under the device of its mount.</summary>
/// <param name="Process">The server.</param>
/// <param name="MountPoint">Canonical path of the mount point.</param>
/// <param name="Archive">Canonical path of the image.</param>
/// <param name="Prefix">The environment's prefix below the mount point, as the user writes it.</param>
/// <param name="Since">The time of the mount.</param>
/// <param name="Generation">The earlier generation that it shows; null if it shows the current one.</param>
/// <param name="LeftOut">Why existing changes are not shown and the mount is read-only, in the form of <see cref="StoreException.Lines"/>; null if
/// they are shown.</param>
public sealed record ServerRecord(
    ProcessIdentity Process, string MountPoint, string Archive, string Prefix, DateTimeOffset Since, long? Generation = null, string? LeftOut = null)
{
    private const int Schema = 2;
    private const int MaxBytes = 64 << 10;

    /// <summary>The namespace of the server's process id.</summary>
    public string ProcessSpace { get; init; } = string.Empty;

    /// <summary>Reads the record of a mount's server; null if there is none, or this version does not understand it.</summary>
    /// <param name="folder">The folder to search.</param>
    /// <param name="device">The mount's device.</param>
    public static ServerRecord? TryRead(PrivateFolder folder, string device) =>
        folder.TryRead(RuntimeFolder.RecordName(device), MaxBytes) is { } content ? TryParse(content) : null;

    /// <summary>Parses a record; null if this version does not understand it.</summary>
    public static ServerRecord? TryParse(ReadOnlyMemory<byte> content)
    {
        try
        {
            var root = JsonElement.Parse(content.Span);
            return root.GetProperty("schema").GetInt32() != Schema
                ? null
                : new ServerRecord(
                    new ProcessIdentity(root.GetProperty("pid").GetInt32(), root.GetProperty("startTicks").GetUInt64()),
                    root.GetProperty("mountPoint").GetString()!,
                    root.GetProperty("archive").GetString()!,
                    root.GetProperty("prefix").GetString()!,
                    DateTimeOffset.ParseExact(root.GetProperty("since").GetString()!, "O", CultureInfo.InvariantCulture),
                    root.TryGetProperty("generation", out var generation) ? generation.GetInt64() : null,
                    root.TryGetProperty("leftOut", out var leftOut)
                        ? leftOut.GetString()
                        : null) { ProcessSpace = root.GetProperty("processSpace").GetString()! };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A missing record and a damaged one are treated alike: the mount itself is queried.
            return null;
        }
    }

    /// <summary>Whether the server is running; null if its process id is of another namespace.</summary>
    public bool? IsRunning => ProcessSpace == ProcessIdentity.Space ? Process.IsAlive : null;

    /// <summary>Writes the record atomically.</summary>
    public void Write(PrivateFolder folder, string device) => folder.Write(RuntimeFolder.RecordName(device), ToJson());

    internal byte[] ToJson() => JsonText.Object(json =>
    {
        json.WriteNumber("schema", Schema);
        json.WriteNumber("pid", Process.Id);
        json.WriteNumber("startTicks", Process.StartTicks);
        json.WriteString("processSpace", ProcessSpace);
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
    });
}

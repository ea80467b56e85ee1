using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse list</c>.</summary>
internal static class ListCommand
{
    public static Command Create(Session session)
    {
        var json = new Option<bool>("--json") { Description = "For scripts" };
        var names = new Option<bool>("--names") { Description = "Names only, one a line" };
        var mounted = new Option<bool>("--mounted") { Description = "Only what is mounted" };
        var command = new Command("list", "List the environments, their sizes, and where they are mounted") { json, names, mounted };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(names))
            {
                PrintNames(session, parsed.GetValue(mounted));
                return;
            }

            var environments = new EnvironmentList(session.Layout, session.Catalog, session.Clock).Read()
                .Where(environment => environment.Mount is not null || !parsed.GetValue(mounted)).ToList();
            if (parsed.GetValue(json))
            {
                PrintJson(environments);
            }
            else
            {
                PrintTable(session, environments);
            }
        });
        return command;
    }

    private static void PrintNames(Session session, bool mountedOnly)
    {
        var mounts = mountedOnly ? LiveMounts.Read(session.Layout) : null;
        foreach (var name in session.Catalog.List().Select(archive => archive.Name).Distinct())
        {
            if (mounts?.At(CanonicalPath.Resolve(session.Layout.MountPoint(name))) is not null || !mountedOnly)
            {
                Console.WriteLine(name.Value);
            }
        }
    }

    private static void PrintTable(Session session, IReadOnlyList<EnvironmentStatus> environments)
    {
        Console.WriteLine($"Environments (archives in {session.Layout.ArchiveDirectory}):");
        if (environments.Count == 0)
        {
            Console.WriteLine("  none yet; 'conda-fuse-create NAME [packages…]' makes one");
            return;
        }

        Console.WriteLine();
        var table = new Table(false, true, true, true, true, true, false);
        table.Add("NAME", "SIZE", "UNPACKED", "FILES", "GENERATION", "CHANGES", "MOUNTED AT");
        foreach (var environment in environments)
        {
            table.Add(
                environment.Name,
                environment.Bytes is { } bytes ? Sizes.Human(bytes) : "-",
                environment.Summary?.UncompressedBytes is { } unpacked ? Sizes.Human(unpacked) : "-",
                environment.Summary?.Inodes.ToString(CultureInfo.InvariantCulture) ?? "-",
                Generation(environment),
                Changes(environment),
                environment.Problem is { } problem ? $"! {problem}" : environment.Mount?.Entry.MountPoint ?? "-");
        }

        table.Add(
            $"{environments.Count} in all",
            Sizes.Human(environments.Sum(environment => environment.Bytes ?? 0)),
            Sizes.Human(environments.Sum(environment => environment.Summary?.UncompressedBytes ?? 0)),
            environments.Sum(environment => environment.Summary?.Inodes ?? 0).ToString(CultureInfo.InvariantCulture),
            string.Empty,
            Sizes.Human(environments.Sum(environment => environment.Pending?.Bytes ?? 0)),
            $"{environments.Count(environment => environment.Mount is not null)} mounted");
        table.Write(Console.Out);
    }

    /// <summary>The archive's; of a mount that shows another, both: <c>1 of 3</c>.</summary>
    private static string Generation(EnvironmentStatus environment) => (environment.MountedGeneration, environment.Summary?.Generation) switch
    {
        ({ } mounted, { } newest) when mounted != newest => $"{mounted} of {newest}",
        (_, { } newest) => newest.ToString(CultureInfo.InvariantCulture),
        ({ } mounted, null) => mounted.ToString(CultureInfo.InvariantCulture),
        _ => "-",
    };

    private static string Changes(EnvironmentStatus environment) => environment.Pending switch
    {
        null => "?",
        { Changes: 0 } => "-",
        var pending => $"{pending.Changes} ({Sizes.Human(pending.Bytes)})",
    };

    private static void PrintJson(IReadOnlyList<EnvironmentStatus> environments) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("environments");
        foreach (var environment in environments)
        {
            json.WriteStartObject();
            Write(json, environment);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, EnvironmentStatus environment)
    {
        var mount = environment.Mount;
        json.WriteString("name", environment.Name);
        json.WriteString("archive", environment.Archive);
        json.WriteString("format", environment.Format);
        json.WriteOptional("bytes", environment.Bytes);
        json.WriteOptional("files", environment.Summary?.Inodes);
        json.WriteOptional("uncompressedBytes", environment.Summary?.UncompressedBytes);
        json.WriteBoolean("mounted", mount is not null);
        json.WriteString("mountPoint", mount?.Entry.MountPoint);
        json.WriteString("prefix", mount?.Record?.Prefix);
        json.WriteString("since", mount?.Record?.Since.ToString("O", CultureInfo.InvariantCulture));
        json.WriteOptional("serverPid", mount?.Server?.Id);
        if (mount is null)
        {
            json.WriteNull("readOnly");
        }
        else
        {
            json.WriteBoolean("readOnly", mount.Entry.IsReadOnly);
        }

        json.WriteString("problem", environment.Problem);
        json.WriteOptional("generation", environment.Summary?.Generation);
        json.WriteOptional("mountedGeneration", environment.MountedGeneration);
        json.WriteOptional("pendingChanges", environment.Pending?.Changes);
        json.WriteOptional("pendingBytes", environment.Pending?.Bytes);
    }
}

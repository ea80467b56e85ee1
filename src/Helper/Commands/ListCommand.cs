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
        var json = CommonOptions.Json();
        var names = new Option<bool>("--names") { Description = "Print only the names, one per line" };
        var mounted = new Option<bool>("--mounted") { Description = "List only mounted environments" };
        var command = new Command("list", "List environments, their sizes and where they are mounted") { json, names, mounted };
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
        foreach (var name in mountedOnly
                ? MountedNames(session)
                : session.Catalog.List().Select(archive => archive.Name.Value).Distinct(StringComparer.Ordinal))
        {
            Terminal.WriteExactly(name);
        }
    }

    /// <summary>By which names something is unmounted: those of the directories below the mount root, <c>NAME@GENERATION</c> among them.</summary>
    private static IEnumerable<string> MountedNames(Session session)
    {
        var root = CanonicalPath.Resolve(session.Layout.MountRoot);
        return LiveMounts.Read(session.Layout).All().Select(mount => mount.Entry.MountPoint)
            .Where(point => Path.GetDirectoryName(point) == root)
                .Select(point => Path.GetFileName(point))
                .Where(EnvironmentName.IsValid)
                .Order(StringComparer.Ordinal);
    }

    private static void PrintTable(Session session, IReadOnlyList<EnvironmentStatus> environments)
    {
        Terminal.Out.WriteLine($"Environments (archives in {session.Layout.ArchiveDirectory}):");
        if (environments.Count == 0)
        {
            Terminal.Out.WriteLine("  none yet; 'conda-fuse-create NAME [packages…]' makes one");
            return;
        }

        Terminal.Out.WriteLine(string.Empty);
        var table = new Table(false, true, true, true, true, true, false);
        table.Add("NAME", "SIZE", "UNPACKED", "FILES", "GENERATION", "CHANGES", "MOUNTED AT");
        foreach (var environment in environments)
        {
            table.Add(
                environment.Name,
                environment.Bytes is { } bytes ? Sizes.Human(bytes) : "-",
                environment.UncompressedBytes is { } unpacked ? Sizes.Human(unpacked) : "-",
                environment.Files?.ToString(CultureInfo.InvariantCulture) ?? "-",
                Generation(environment),
                Changes(environment),
                State(environment));
        }

        // However often an archive is mounted, it is one file.
        var archives = environments.GroupBy(environment => CanonicalPath.Resolve(environment.Archive), StringComparer.Ordinal).ToList();
        table.Add(
            $"{archives.Count} in all",
            Sizes.Human(archives.Sum(archive => archive.First().Bytes ?? 0)),
            Sizes.Human(archives.Sum(archive => archive.First().Summary?.UncompressedBytes ?? 0)),
            archives.Sum(archive => archive.First().Summary?.Inodes ?? 0).ToString(CultureInfo.InvariantCulture),
            string.Empty,
            Sizes.Human(archives.Sum(archive => archive.Max(environment => environment.Pending?.Bytes ?? 0))),
            $"{environments.Count(environment => environment.Mount is not null)} mounted");
        table.Write(Terminal.Out);
    }

    private static string State(EnvironmentStatus environment) => environment switch
    {
        { Problem: { } problem } => $"! {problem}",
        { LastEnvironment: { } last } => $"{environment.Mount?.Entry.MountPoint ?? "-"}  ! emptied: condafuse rollback {environment.Name} {last}",
        _ => environment.Mount?.Entry.MountPoint ?? "-",
    };

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
        json.WriteOptional("files", environment.Files);
        json.WriteOptional("uncompressedBytes", environment.UncompressedBytes);
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
        json.WriteOptional("lastEnvironment", environment.LastEnvironment);
        json.WriteOptional("generation", environment.Summary?.Generation);
        json.WriteOptional("mountedGeneration", environment.MountedGeneration);
        json.WriteOptional("pendingChanges", environment.Pending?.Changes);
        json.WriteOptional("pendingBytes", environment.Pending?.Bytes);
    }
}

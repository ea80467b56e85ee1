using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CondaFuse.Helper.Commands.Registries;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse list</c>.</summary>
internal static class ListCommand
{
    /// <summary>With fewer columns, titles are abbreviated.</summary>
    private const int NarrowScreen = 60;

    public static Command Create(Session session)
    {
        var json = CommonOptions.Json();
        var names = new Option<bool>("--names") { Description = "Print only the names, one per line" };
        var mounted = new Option<bool>("--mounted") { Description = "List only mounted environments" };
        var remote = new Option<string?>("--remote") { Description = "List what the tags of a repository name", HelpName = "repo" };
        var options = new RegistryOptions();
        var command = new Command("list", "List environments, their sizes and where they are mounted") { json, names, mounted, remote };
        options.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(remote) is not null && (result.GetValue(names) || result.GetValue(mounted)))
            {
                result.AddError("--remote cannot be combined with --names or --mounted");
            }
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(remote) is { } repository)
            {
                RemoteViews.PrintList(session, options.Settings(session, parsed), repository, parsed.GetValue(json));
                return;
            }

            if (parsed.GetValue(names))
            {
                PrintNames(session, parsed.GetValue(mounted));
                return;
            }

            var environments = new EnvironmentList(session.Layout, session.Catalog, session.Clock).Read()
                .Where(environment => environment.Mount is not null || !parsed.GetValue(mounted)).ToList();
            if (parsed.GetValue(json))
            {
                PrintJson(ListNotes.Read(session, environments));
            }
            else
            {
                PrintTable(
                    Terminal.Out, Screen.Of(session), session.Layout.ArchiveFolders, ListNotes.Read(session, environments));
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

    /// <summary>The names for unmounting: those of the directories below the mount root, including <c>NAME@GENERATION</c>.</summary>
    private static IEnumerable<string> MountedNames(Session session)
    {
        var root = CanonicalPath.Resolve(session.Layout.MountRoot);
        return LiveMounts.Read(session.Layout).All().Select(mount => mount.Entry.MountPoint)
            .Where(point => Path.GetDirectoryName(point) == root)
                .Select(point => Path.GetFileName(point))
                .Where(EnvironmentName.IsValid)
                .Order(StringComparer.Ordinal);
    }

    /// <summary>Prints the environments as a table.</summary>
    internal static void PrintTable(
        LineOutput output, Screen screen, IReadOnlyList<string> folders, IReadOnlyList<(EnvironmentStatus Status, ListNotes Notes)> environments)
    {
        var archives = string.Join(", ", folders.Select(screen.Shorten));
        var (inside, outside) = (environments.Where(environment => !environment.Status.IsOutside).ToList(),
            environments.Where(environment => environment.Status.IsOutside).ToList());
        if (inside.Count == 0)
        {
            output.WriteLine($"No environments in {archives}");
            output.WriteLine("To create one: conda-fuse-create NAME [PACKAGE...]");
        }
        else
        {
            output.WriteLine($"Environments in {screen.CutFront(archives, "Environments in :".Length)}:");
            WriteRows(output, screen, inside, showsDirectory: folders.Count > 1);
            WriteTotal(output, inside);
        }

        if (outside.Count > 0)
        {
            output.WriteLine(string.Empty);
            output.WriteLine("Mounted from other directories:");
            WriteRows(output, screen, outside, showsDirectory: true);
        }
    }

    private static void WriteRows(
        LineOutput output, Screen screen, IReadOnlyList<(EnvironmentStatus Status, ListNotes Notes)> environments, bool showsDirectory)
    {
        var isNarrow = screen.Width < NarrowScreen;
        var isOne = !showsDirectory;
        var table = new Table([
            new Column(), new Column(IsRightAligned: true), new Column(IsRightAligned: true, Spare: 4), new Column(IsRightAligned: true, Spare: 3),
            new Column(IsRightAligned: true), new Column(IsRightAligned: true, Spare: 1), .. isOne ? [] : new[] { new Column() },
            new Column(Spare: 2), new Column()]);
        string[] titles =
        [
            "NAME", "SIZE", "UNPACKED", "FILES", isNarrow ? "GEN" : "GENERATION", isNarrow ? "CHANGED" : "CHANGES",
            .. isOne ? [] : new[] { "DIRECTORY" }, "MOUNTED AT", "NOTES",
        ];
        table.AddShaded([.. titles.Select(title => new Cell(title, Shade.Bold))]);
        foreach (var (environment, notes) in environments)
        {
            table.AddShaded([
                new Cell(environment.Name, environment.Mount is null ? Shade.Plain : Shade.Green),
                environment.Bytes is { } bytes ? Sizes.Human(bytes) : "-",
                environment.UncompressedBytes is { } unpacked ? Sizes.Human(unpacked) : "-",
                environment.Files?.ToString(CultureInfo.InvariantCulture) ?? "-",
                Generation(environment),
                notes.Changes(environment),
                .. isOne ? [] : new Cell[] { screen.Shorten(Path.GetDirectoryName(environment.Archive) ?? "") },
                environment.Mount is { } mount ? screen.Shorten(mount.Entry.MountPoint) : "-",
                new Cell(notes.Text(environment), ListNotes.IsProblem(environment) ? Shade.Red : Shade.Dim)]);
        }

        table.Write(output, screen);
    }

    /// <summary>However often an archive is mounted, it is counted once.</summary>
    private static void WriteTotal(LineOutput output, IReadOnlyList<(EnvironmentStatus Status, ListNotes Notes)> environments)
    {
        var archives = environments.DistinctBy(environment => environment.Status.CanonicalArchive, StringComparer.Ordinal)
            .Select(environment => environment.Status).ToList();
        var mounted = environments.Count(environment => environment.Status.Mount is not null);
        output.WriteLine(
            $"{archives.Count} in all, {Sizes.Human(archives.Sum(archive => archive.Bytes ?? 0))}, "
            + $"{archives.Sum(archive => archive.Summary?.Inodes ?? 0)} files, {mounted} mounted");
    }

    /// <summary>The archive's generation; if the mount shows another one, both: <c>1 of 3</c>.</summary>
    private static string Generation(EnvironmentStatus environment) => (environment.MountedGeneration, environment.Summary?.Generation) switch
    {
        ({ } mounted, { } newest) when mounted != newest => $"{mounted} of {newest}",
        (_, { } newest) => newest.ToString(CultureInfo.InvariantCulture),
        ({ } mounted, null) => mounted.ToString(CultureInfo.InvariantCulture),
        _ => "-",
    };

    private static void PrintJson(IReadOnlyList<(EnvironmentStatus Status, ListNotes Notes)> environments) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("environments");
        foreach (var (environment, notes) in environments)
        {
            json.WriteStartObject();
            Write(json, environment);
            json.WriteOptional("changedFiles", notes.ChangedFiles);
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
        json.WriteBoolean("outside", environment.IsOutside);
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

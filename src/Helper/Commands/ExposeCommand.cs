using System.CommandLine;
using System.Text.Json;
using CondaFuse.Helper.Integrations;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse expose NAME PROGRAM…</c>: creates launchers for programs that need an interpreter's path.</summary>
internal static class ExposeCommand
{
    public static Command Create(Session session)
    {
        var name = new Argument<string?>("name") { Description = "Name of an environment", Arity = ArgumentArity.ZeroOrOne };
        var programs = new Argument<string[]>("program") { Description = "Names of programs in its bin directory", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string?>("--dir")
        {
            Description = "Write DIR/NAME/bin/PROGRAM instead of ~/.local/bin/NAME-PROGRAM", HelpName = "dir",
        }.NotEmpty();
        var remove = new Option<bool>("--remove") { Description = "Remove the launchers of the programs, or all of the environment" };
        var list = new Option<bool>("--list") { Description = "List launchers" };
        var json = CommonOptions.Json();
        var command = new Command("expose", "Write launchers that mount an environment and run its programs")
        {
            name, programs, folder, remove, list, json,
        };
        command.Validators.Add(result =>
        {
            var hasPrograms = result.GetValue(programs) is { Length: > 0 };
            if (result.GetValue(list) ? result.GetValue(name) is not null || result.GetValue(remove)
                : result.GetValue(name) is null || (!hasPrograms && !result.GetValue(remove)))
            {
                result.AddError("expose takes a name and programs, a name and --remove, or --list");
            }
        });
        command.SetAction(parsed =>
        {
            var launchers = LauncherFolder.Of(session, parsed.GetValue(folder));
            if (parsed.GetValue(list))
            {
                List(session, launchers, parsed.GetValue(json));
            }
            else if (parsed.GetValue(remove))
            {
                Remove(session, launchers, parsed.GetValue(name)!, parsed.GetValue(programs) ?? [], parsed.GetValue(json));
            }
            else
            {
                Write(session, launchers, parsed.GetValue(name)!, parsed.GetValue(programs)!, parsed.GetValue(json));
            }
        });
        return command;
    }

    private static void Write(Session session, LauncherFolder launchers, string name, string[] programs, bool asJson)
    {
        var environment = session.Catalog.Get(EnvironmentName.Parse(name)).Name.Value;
        var prefix = MountCommand.Mount(session, environment, directory: null).Plan.Prefix;
        var call = new FixedCall(session);
        var targets = programs.Distinct(StringComparer.Ordinal)
            .ToDictionary(program => program, program => Target(prefix, program), StringComparer.Ordinal);
        var written = new List<Launcher>();
        foreach (var (program, target) in targets)
        {
            var launcher = launchers.For(environment, program, session.Layout.ArchiveSearchText);
            launcher.Write(launcher.ToScript(call, target));
            written.Add(launcher);
        }

        JsonOutput.WriteOr(
            asJson, written.Select(launcher => $"Wrote {launcher.Path}"), json => WriteLaunchers(json, written));
    }

    /// <summary>Absolute path of a program; nothing is written until all are found.</summary>
    private static string Target(string prefix, string program)
    {
        if (program.Length == 0 || program.Contains('/', StringComparison.Ordinal) || program is "." or "..")
        {
            throw new StoreException(StoreFault.BadName, $"'{program}' is not the name of a program");
        }

        var target = Path.Combine(prefix, "bin", program);
        return File.Exists(target) ? target : throw new StoreException(StoreFault.NotFound, $"there is no program {target}");
    }

    private static void Remove(Session session, LauncherFolder launchers, string name, string[] programs, bool asJson)
    {
        var found = launchers.List()
            .Where(launcher => launcher.Environment == name && launcher.Archives == session.Layout.ArchiveSearchText)
            .Where(launcher => programs.Length == 0 || programs.Contains(launcher.Program)).ToList();
        var missing = programs.Except(found.Select(launcher => launcher.Program), StringComparer.Ordinal).ToList();
        if (missing.Count > 0 || found.Count == 0)
        {
            throw new StoreException(
                StoreFault.NotFound,
                $"'{name}' has no launcher{(missing.Count > 0 ? $" for {string.Join(", ", missing)}" : string.Empty)} there; "
                    + "'condafuse expose --list' shows which there are");
        }

        found.ForEach(launchers.Remove);
        JsonOutput.WriteOr(
            asJson, found.Select(launcher => $"Removed {launcher.Path}"),
            json => json.WriteTexts("removed", found.Select(launcher => launcher.Path)));
    }

    private static void List(Session session, LauncherFolder launchers, bool asJson)
    {
        var found = launchers.List();
        if (asJson)
        {
            JsonOutput.Write(json => WriteLaunchers(json, found));
        }
        else if (found.Count == 0)
        {
            Terminal.Out.WriteLine("no launchers; 'condafuse expose NAME python' makes one");
        }
        else
        {
            var table = Table.Wrapped(3);
            table.Add("ENVIRONMENT", "PROGRAM", "LAUNCHER");
            foreach (var launcher in found)
            {
                table.Add(launcher.Environment, launcher.Program, launcher.Path);
            }

            table.Write(Terminal.Out, Screen.Of(session));
        }
    }

    private static void WriteLaunchers(Utf8JsonWriter json, IReadOnlyList<Launcher> launchers)
    {
        json.WriteStartArray("launchers");
        foreach (var launcher in launchers)
        {
            json.WriteStartObject();
            json.WriteString("environment", launcher.Environment);
            json.WriteString("program", launcher.Program);
            json.WriteString("path", launcher.Path);
            json.WriteString("archives", launcher.Archives);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

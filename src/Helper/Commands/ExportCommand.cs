using System.CommandLine;
using System.Text;
using System.Text.Json;
using CondaFuse.EnvironmentFiles.Installed;
using CondaFuse.EnvironmentFiles.Locks;
using CondaFuse.Helper.Commands.Creating;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse export NAME</c>: writes a file from which <c>create --file</c> can create the same environment.</summary>
internal static class ExportCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var list = new Option<bool>("--explicit") { Description = "Print a list of package URLs, which conda installs without solving" };
        var yaml = new Option<bool>("--yaml") { Description = "Print environment.yml with exact versions (default)" };
        var locked = new Option<bool>("--lock") { Description = "Print conda-lock.yml with URLs and checksums of all packages" };
        var command = new Command(
            "export", "Print the installed packages as a file for 'create --file'")
        {
            subject, list, yaml, locked, CommonOptions.JsonFailure(),
        };
        command.Validators.Add(result =>
        {
            if (new[] { list, yaml, locked }.Count(option => result.GetValue(option)) > 1)
            {
                result.AddError("give one of --explicit, --yaml and --lock");
            }
        });
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(subject);
            var (environment, source, title) = Read(session, name);
            var platform = ThisMachine.Describe(session).Platform;
            if (!parsed.GetValue(list) && !parsed.GetValue(locked))
            {
                return Print(YamlExport.Write(title, environment), environment.Links);
            }

            var exact = environment.Packages.Pip.Where(package => package.Url.Length > 0 && package.Sha256 is not null).ToList();
            List<string> missing = [
                .. environment.Links, .. environment.Packages.Pip.Except(exact).Select(package => $"{package.Name} {package.Version}")];
            var described = environment with { Packages = environment.Packages with { Pip = exact } };
            return Print(
                parsed.GetValue(list) ? ExplicitList.Write(described.Packages, platform, prefersSha256: false)
                    : CondaLockExport.Write(described, platform, source), missing);
        });
        return command;
    }

    /// <summary>Reads the records of an environment, mounted or not, the name of the file that it was created from, and its own name.</summary>
    private static (InstalledEnvironment Environment, string Source, string Title) Read(Session session, string name)
    {
        using var mount = new BorrowedMount(session, name);
        var plan = mount.Plan;
        EmptiedEnvironment.Refuse(session, plan);
        var environment = InstalledEnvironment.Read(plan.Prefix);
        if (environment.Packages.Conda.Count == 0)
        {
            throw new StoreException(StoreFault.NotFound, $"nothing to export: conda installed no packages in '{name}'");
        }

        return environment.Packages.Conda.FirstOrDefault(package => package.Url.Length == 0 || !package.IsPrintable) is { } unknown
            ? throw new StoreException(StoreFault.Unsupported,
                $"cannot export '{name}': conda did not record where {unknown.Name} {unknown.Version} came from")
            : (environment, SourceName(plan.Prefix) ?? "environment.yml", Path.GetFileNameWithoutExtension(plan.Archive));
    }

    private static string? SourceName(string prefix)
    {
        try
        {
            using var record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(prefix, "conda-meta", "condafuse", "source.json")));
            return record.RootElement.GetProperty("file").GetString();
        }
        catch (Exception failure) when (failure is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static int Print(string text, IReadOnlyList<string> missing)
    {
        using var output = Terminal.OpenRaw();
        output.Write(Encoding.UTF8.GetBytes(text));
        if (missing.Count > 0)
        {
            Message.Error(
                $"left out because pip did not record their files: {string.Join(", ", missing)}", "condafuse export --yaml lists them "
                    + "with their versions");
        }

        return (int)(missing.Count == 0 ? ExitCode.Success : ExitCode.Failed);
    }
}

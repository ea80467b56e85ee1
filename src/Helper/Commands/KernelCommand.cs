using System.CommandLine;
using System.Text.Json;
using CondaFuse.Helper.Integrations;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse kernel install|list|remove</c>: manages environments as kernels of Jupyter.</summary>
internal static class KernelCommand
{
    private const int NoPython = 10;
    private const int NoKernel = 11;

    /// <summary>Reports by exit code whether the environment has Python, and whether that finds ipykernel.</summary>
    private const string Check = """
        import importlib.util, os, sys
        inside = sys.executable.startswith(os.environ["CONDA_PREFIX"] + "/")
        sys.exit(10 if not inside else 11 if importlib.util.find_spec("ipykernel") is None else 0)
        """;

    public static Command Create(Session session)
    {
        var action = new Argument<string>("action") { Description = "install, list or remove" }.OneOf("install", "list", "remove");
        var name = new Argument<string?>("name") { Description = "Name of an environment", Arity = ArgumentArity.ZeroOrOne };
        var displayName = new Option<string?>("--display-name")
        {
            Description = "Name that Jupyter shows; default: Python (NAME)", HelpName = "text",
        };
        var json = CommonOptions.Json();
        var command = new Command("kernel", "Use environments as Jupyter kernels") { action, name, displayName, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(action) is { } what && what == "list" == result.GetValue(name) is not null)
            {
                result.AddError(what == "list" ? "kernel list takes no NAME" : $"kernel {what} needs NAME");
            }
        });
        command.SetAction(parsed => (int)(parsed.GetRequiredValue(action) switch
        {
            "install" => Install(session, parsed.GetValue(name)!, parsed.GetValue(displayName), parsed.GetValue(json)),
            "remove" => Remove(session, parsed.GetValue(name)!, parsed.GetValue(json)),
            _ => List(session, parsed.GetValue(json)),
        }));
        return command;
    }

    private static ExitCode Install(Session session, string name, string? displayName, bool asJson)
    {
        var environment = session.Catalog.Get(EnvironmentName.Parse(name)).Name.Value;
        var spec = new KernelSpec(
            KernelSpec.NameFor(environment), environment, displayName ?? $"Python ({environment})", session.Layout.ArchiveSearchText);
        var content = spec.ToJson(new FixedCall(session));
        if (ReasonAgainst(session, environment) is var (code, reason))
        {
            throw new StoreException(StoreFault.Unusable, $"cannot make a kernel of '{environment}': {reason}")
            {
                Hint = code == NoKernel ? $"conda-fuse-activate {ShellArgument.Of(environment)} && conda install ipykernel" : null,
            };
        }

        var specs = KernelSpecs.Of(session);
        specs.Write(spec, content);
        JsonOutput.WriteOr(
            asJson, $"Installed kernel {spec.Kernel} ('{spec.DisplayName}') in {specs.PathOf(spec.Kernel)}",
            json => WriteKernels(json, specs, [spec]));
        return ExitCode.Success;
    }

    private static ExitCode List(Session session, bool asJson)
    {
        var specs = KernelSpecs.Of(session);
        var found = specs.List();
        if (asJson)
        {
            JsonOutput.Write(json => WriteKernels(json, specs, found));
        }
        else if (found.Count == 0)
        {
            Terminal.Out.WriteLine("no kernels; 'condafuse kernel install NAME' makes one");
        }
        else
        {
            var table = Table.Wrapped(3);
            table.Add("ENVIRONMENT", "KERNEL", "SHOWN AS");
            foreach (var spec in found)
            {
                var problem = spec.HasArchive ? string.Empty : $"  ! no archive in {spec.Archives}";
                table.Add(spec.Environment, spec.Kernel, $"{spec.DisplayName}{problem}");
            }

            table.Write(Terminal.Out, Screen.Of(session));
        }

        return ExitCode.Success;
    }

    private static ExitCode Remove(Session session, string environment, bool asJson)
    {
        var specs = KernelSpecs.Of(session);
        var all = specs.List().Where(spec => spec.Environment == environment).ToList();
        var here = all.Where(spec => spec.Archives == session.Layout.ArchiveSearchText).ToList();
        if (here.Count == 0)
        {
            throw new StoreException(
                StoreFault.NotFound,
                all.Count > 0
                    ? $"the kernel of '{environment}' is for the archive in {all[0].Archives}; set {FixedCall.Archives} to that"
                    : $"'{environment}' has no kernel; 'condafuse kernel list' shows which there are");
        }

        here.ForEach(specs.Remove);
        JsonOutput.WriteOr(
            asJson, here.Select(spec => $"Removed kernel {spec.Kernel}"),
            json => json.WriteTexts("removed", here.Select(spec => specs.PathOf(spec.Kernel))));
        return ExitCode.Success;
    }

    private static void WriteKernels(Utf8JsonWriter json, KernelSpecs specs, IReadOnlyList<KernelSpec> found)
    {
        json.WriteStartArray("kernels");
        foreach (var spec in found)
        {
            json.WriteStartObject();
            json.WriteString("environment", spec.Environment);
            json.WriteString("kernel", spec.Kernel);
            json.WriteString("displayName", spec.DisplayName);
            json.WriteString("folder", specs.PathOf(spec.Kernel));
            json.WriteString("archives", spec.Archives);
            json.WriteBoolean("archiveExists", spec.HasArchive);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Runs the environment's Python like the kernel; null if a kernel can start.</summary>
    private static (int Code, string Reason)? ReasonAgainst(Session session, string environment)
    {
        var request = new SpawnRequest
        {
            Program = Session.Program,
            Arguments = [Session.Program, "run", environment, "--", "python", "-c", Check],
            Environment = session.EnvironmentBlock,
        };
        return ForegroundChild.Run(() => ChildProcess.Start(request)) switch
        {
            0 => null,
            NoPython or (int)ExitCode.CannotRun => (NoPython, "it has no python"),
            NoKernel => (NoKernel, "its python has no ipykernel"),
            var code => (code, $"its python ended with exit code {code}"),
        };
    }
}

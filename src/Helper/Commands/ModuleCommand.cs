using System.CommandLine;
using CondaFuse.Helper.Integrations;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse module NAME</c>: prints a module file that mounts an environment and has the effects of its activation.</summary>
internal static class ModuleCommand
{
    private const string Programs = "/usr/local/bin:/usr/bin:/bin";
    private const int Answer = 3;

    public static Command Create(Session session)
    {
        var name = new Argument<string>("name") { Description = "Name of an environment" };
        var lua = new Option<bool>("--lua") { Description = "Write Lua, for Lmod" };
        var tcl = new Option<bool>("--tcl") { Description = "Write Tcl, for Environment Modules (default unless Lmod is in use)" };
        var command = new Command("module", "Print a module file for an environment") { name, lua, tcl, CommonOptions.JsonFailure() };
        command.Validators.Add(result =>
        {
            if (result.GetValue(lua) && result.GetValue(tcl))
            {
                result.AddError("module writes either --lua or --tcl");
            }
        });
        command.SetAction(parsed =>
            Print(session, parsed.GetRequiredValue(name), IsLua(session, parsed.GetValue(lua), parsed.GetValue(tcl)) ? "lua" : "tcl"));
        return command;
    }

    /// <summary>Lmod sets LMOD_CMD in every shell in which it is initialized.</summary>
    private static bool IsLua(Session session, bool lua, bool tcl) => lua || (!tcl && session.Variable("LMOD_CMD") is not null);

    private static void Print(Session session, string name, string language)
    {
        var environment = session.Catalog.Get(EnvironmentName.Parse(name)).Name.Value;
        var plan = MountCommand.Mount(session, environment, directory: null).Plan;
        EmptiedEnvironment.Refuse(session, plan);
        var before = ModuleFile.Surroundings(session.Home, Programs);
        var after = Activated(session.With(before), plan.Prefix);
        var directory = session.Layout.MountPoint(EnvironmentName.Parse(environment));
        var text = new ModuleFile(language).Write(
            environment, directory, plan.Prefix, new FixedCall(session), before, after, Message.Warning);
        StandardStream.Write(StandardStream.Output, NativeText.Encode(text));
    }

    /// <summary>The variables after an activation with its scripts. Output of the scripts goes to standard error.</summary>
    private static Dictionary<string, string> Activated(Session session, string prefix)
    {
        var inside = new CommandInEnvironment(session, prefix, ["/bin/sh", "-c", $"exec /usr/bin/env -0 >&{Answer}"]);
        var (reader, writer) = Pipes.Create();
        ChildProcess child;
        using (writer)
        {
            using var error = new SafeFileHandle(StandardStream.Error, ownsHandle: false);
            child = ChildProcess.Start(new SpawnRequest
            {
                Program = inside.Shell,
                Arguments = inside.ShellArguments,
                Environment = inside.ActivatedVariables,
                Descriptors = new Dictionary<int, SafeFileHandle> { [StandardStream.Output] = error, [Answer] = writer },
            });
        }

        using var stream = new FileStream(reader, FileAccess.Read);
        using var told = new MemoryStream();
        stream.CopyTo(told);
        if (child.Wait() is not 0 and var code)
        {
            throw new StoreException(StoreFault.Conda, $"the activation scripts of {prefix} ended with exit code {code}");
        }

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in NativeText.Decode(told.ToArray()).Split('\0'))
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var end)
            {
                variables[word[..end]] = word[(end + 1)..];
            }
        }

        return variables;
    }
}

using System.CommandLine;
using System.Reflection;
using CondaFuse.Helper.Commands;
using CondaFuse.Helper.Commands.Registries;
using CondaFuse.Helper.Help;
using CondaFuse.Helper.Output;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;

namespace CondaFuse.Helper;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        InheritedStreams.EnsureOpen();
        try
        {
            if (EmbeddedText.TryPrint(arguments))
            {
                return (int)ExitCode.Success;
            }

            arguments = ColorOption.BehindCommand(arguments);

            var isForked = arguments is [BackgroundServer.Command, ..];
            if (isForked)
            {
                arguments[0] = MountCommand.Name;
            }

            if (arguments.Any(word => word.Contains('\uFFFD', StringComparison.Ordinal)))
            {
                arguments = ProcessStrings.Arguments() ?? arguments; // arguments that are not UTF-8 are passed on unchanged
            }

            if (arguments is [ServerLauncher.Command, ..])
            {
                return ServeCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [ActivateCommand.Activate or ActivateCommand.Deactivate or ActivateCommand.Active or NamedCommand.Command, ..])
            {
                return ActivateCommand.Run(Session.FromProcess(), arguments);
            }

            if (arguments is [ReadAheadProcess.Command, ..])
            {
                return ReadAheadCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [FetcherClient.Command, ..])
            {
                return FetchCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [CompactionLauncher.Command, ..])
            {
                return CompactAloneCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [NamespaceCheck.Command])
            {
                return NamespaceCheck.Run();
            }

            if (arguments is [MountProbe.Command, ..])
            {
                return MountProbe.Run(arguments[1..]);
            }

            var (given, rest) = PassThrough.Split(CommandAliases.Resolve(arguments));
            var (own, color, mistake) = ColorOption.Take(given);
            return (int)(mistake is not null ? Misused(own, [mistake], "condafuse --help") : Run(Session.FromProcess(color, isForked), own, rest));
        }
        catch (Exception failure)
        {
            // Every failure ends here, as one message and an exit code.
            return (int)Failure.Report(failure, WantsJson(PassThrough.Split(CommandAliases.Resolve(arguments)).Own));
        }
    }

    /// <summary>Runs a user's or script's command.</summary>
    private static ExitCode Run(Session session, IReadOnlyList<string> own, IReadOnlyList<string> rest)
    {
        switch (own)
        {
            case []:
                return Misused(own, ["no command given"], "condafuse --help");
            case ["--version" or "-V", ..]:
                Terminal.Out.WriteLine(Version);
                return ExitCode.Success;
            case [var flag, ..] when HelpCommand.IsWanted([flag]):
                return HelpCommand.Print(session, topic: null);
            case [PrivateRun.InsideCommand, ..]:
                return Invoke(PrivateRun.CreateInside(session), own);
        }

        if (CommandCatalog.Find(own[0]) is not { } entry)
        {
            return Unknown(own);
        }

        return HelpCommand.IsWanted(own) ? HelpCommand.Print(session, entry.Name) : Invoke(entry.Create(session, rest), own);
    }

    /// <summary>
    /// Parses the words with this command alone: creating the library's root command looks up texts by reflection, which takes longer than most
    /// commands.
    /// </summary>
    private static ExitCode Invoke(Command command, IReadOnlyList<string> own)
    {
        var parsed = Parse(command, own);
        var errors = ParserMessages.Of(parsed, command, own);
        return errors.Count > 0
            ? Misused(own, errors, $"condafuse {command.Name} --help")
            : (ExitCode)parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    internal static ParseResult Parse(Command command, IReadOnlyList<string> own) =>
        new Command("condafuse") { command }.Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static ExitCode Unknown(IReadOnlyList<string> own)
    {
        var word = own[0];
        if (CommandAliases.InsteadOf(word) is { } instead)
        {
            return Misused(own, [$"there is no command '{word}'"], instead);
        }

        var what = word.StartsWith('-') ? "option" : "command";
        var meant = NearestWord.Find(word, CommandCatalog.Names);
        return Misused(
            own, [$"there is no {what} '{word}'{(meant is null ? string.Empty : $"; did you mean '{meant}'?")}"],
            meant is null ? "condafuse --help" : $"condafuse {meant} --help");
    }

    /// <summary>Reports mistakes in the command line.</summary>
    private static ExitCode Misused(IReadOnlyList<string> own, IReadOnlyList<string> mistakes, string hint)
    {
        if (WantsJson(own))
        {
            JsonOutput.WriteError(ExitCode.Usage, string.Join("; ", mistakes), hint, path: null);
        }

        for (var index = 0; index < mistakes.Count; index++)
        {
            Message.Error(mistakes[index], index == mistakes.Count - 1 ? hint : null);
        }

        return ExitCode.Usage;
    }

    /// <summary>Whether JSON output was requested.</summary>
    private static bool WantsJson(IReadOnlyList<string> own) => own.TakeWhile(word => word != "--").Contains("--json");

    private static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CondaFuse.Helper;

/// <summary>The usual help, and below it how the program ends.</summary>
internal sealed class HelpWithExitCodes(HelpAction usual) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0 done                     5 in use (who, is said)
          1 failed                   6 not possible on this machine
          2 wrong usage or name      7 the image is damaged or of an unknown kind
          3 no such environment      8 conda failed or is missing
          4 exists already         130 interrupted

        """;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(ExitCodes);
        return code;
    }
}

using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Output;

/// <summary>Standard input and output. No other code uses the console, so that nothing reaches a terminal unescaped.</summary>
internal static class Terminal
{
    /// <summary>Results.</summary>
    public static LineOutput Out { get; } = new(new StandardStream(StandardStream.Output), ignoresFailures: false);

    /// <summary>Messages. If they cannot be written, the program continues.</summary>
    public static LineOutput Error { get; } = new(new StandardStream(StandardStream.Error), ignoresFailures: true);

    /// <summary>Standard error, for a child whose output is not the result.</summary>
    public static SafeFileHandle ErrorHandle { get; } = new(StandardStream.Error, ownsHandle: false);

    /// <summary>Columns and lines of the terminal of standard output; null if it is not a terminal, 0 if the terminal does not know.</summary>
    public static (int? Columns, int? Lines) OutputSize =>
        (TerminalSize.Columns(StandardStream.Output), TerminalSize.Lines(StandardStream.Output));

    /// <summary>Columns of the terminal that shows results; <see cref="UsualWidth"/> if there is none.</summary>
    public static int OutputWidth => TerminalSize.Columns(StandardStream.Output) is > 0 and var columns ? columns : UsualWidth;

    /// <summary>Columns for output that does not go to a terminal.</summary>
    public const int UsualWidth = 80;

    /// <summary>Columns of the terminal that shows messages; <see cref="UsualWidth"/> if there is none.</summary>
    public static int MessageWidth => TerminalSize.Columns(StandardStream.Error) is > 0 and var columns ? columns : UsualWidth;

    /// <summary>Whether messages go to a terminal.</summary>
    public static bool ShowsMessages => !Console.IsErrorRedirected;

    /// <summary>Whether the user can answer a question.</summary>
    public static bool CanAsk => !Console.IsInputRedirected;

    /// <summary>Standard output for unescaped bytes: JSON, which has its own escapes, and our shell texts.</summary>
    public static Stream OpenRaw() => new StandardStream(StandardStream.Output);

    /// <summary>Lines of a log. That one cannot be written ends nothing.</summary>
    /// <param name="file">The open file; it stays the caller's, and open.</param>
    public static LineOutput ForLog(SafeFileHandle file) => new(new StandardStream((int)file.DangerousGetHandle()), ignoresFailures: true);

    /// <summary>A line of standard input; null at its end.</summary>
    public static string? ReadLine() => Console.In.ReadLine();

    /// <summary>Writes a result for another program: unmodified, on one line.</summary>
    /// <exception cref="StoreException">It cannot be written unmodified on one line: <see cref="StoreFault.BadName"/>.</exception>
    public static void WriteExactly(string word) => Out.WriteLine(Exact(word));

    /// <summary>The same check, before the work that produces the result.</summary>
    /// <exception cref="StoreException">As above.</exception>
    public static string Exact(string word) => PrintableText.IsPrintable(word) && !word.Contains('\uFFFD', StringComparison.Ordinal)
        ? word
        : throw new StoreException(StoreFault.BadName, $"'{word}' contains characters that cannot be printed on a line")
        {
            Hint = "rename it, or use --json",
        };
}

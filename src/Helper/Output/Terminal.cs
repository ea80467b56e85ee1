using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>Standard input and output: the one place that uses the console, so that nothing reaches a terminal unescaped.</summary>
internal static class Terminal
{
    /// <summary>Results.</summary>
    public static LineOutput Out { get; } = new(new StandardStream(StandardStream.Output), ignoresFailures: false);

    /// <summary>Messages. That nobody can read them ends nothing.</summary>
    public static LineOutput Error { get; } = new(new StandardStream(StandardStream.Error), ignoresFailures: true);

    /// <summary>Columns and lines of the terminal that standard output leads to; null where it leads elsewhere, 0 where it does not know.</summary>
    public static (int? Columns, int? Lines) OutputSize =>
        (TerminalSize.Columns(StandardStream.Output), TerminalSize.Lines(StandardStream.Output));

    /// <summary>Columns of the terminal that shows results; <see cref="UsualWidth"/> where there is none.</summary>
    public static int OutputWidth => TerminalSize.Columns(StandardStream.Output) is > 0 and var columns ? columns : UsualWidth;

    /// <summary>Columns for output that goes to no terminal.</summary>
    public const int UsualWidth = 80;

    /// <summary>Columns of the terminal that shows messages; <see cref="UsualWidth"/> where there is none.</summary>
    public static int MessageWidth => TerminalSize.Columns(StandardStream.Error) is > 0 and var columns ? columns : UsualWidth;

    /// <summary>Whether messages are read on a terminal.</summary>
    public static bool ShowsMessages => !Console.IsErrorRedirected;

    /// <summary>Whether a question can be answered.</summary>
    public static bool CanAsk => !Console.IsInputRedirected;

    /// <summary>Standard output for bytes that are written as they are: JSON, which has its own escapes, and our shell texts.</summary>
    public static Stream OpenRaw() => new StandardStream(StandardStream.Output);

    /// <summary>A line of standard input; null at its end.</summary>
    public static string? ReadLine() => Console.In.ReadLine();

    /// <summary>Writes a result for a program to read: unaltered, on one line.</summary>
    /// <exception cref="StoreException">It cannot be on a line unaltered: <see cref="StoreFault.BadName"/>.</exception>
    public static void WriteExactly(string word) => Out.WriteLine(Exact(word));

    /// <summary>The same, checked before the work is done whose result it is.</summary>
    /// <exception cref="StoreException">As above.</exception>
    public static string Exact(string word) => PrintableText.IsPrintable(word) && !word.Contains('\uFFFD', StringComparison.Ordinal)
        ? word
        : throw new StoreException(StoreFault.BadName, $"'{word}' contains characters that cannot be printed on a line")
        {
            Hint = "rename it, or use --json",
        };
}

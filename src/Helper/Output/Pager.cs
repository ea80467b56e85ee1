using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Output;

/// <summary>Shows text that is longer than the terminal through the user's pager.</summary>
internal static class Pager
{
    private const string Usual = "less";

    /// <summary>Exit codes of <c>sh</c> for a program that it cannot run.</summary>
    private const int CannotRun = 126;
    private const int NotFound = 127;

    /// <summary>Writes to the terminal or file; through the pager if the text does not fit the terminal.</summary>
    /// <param name="session">For the variables <c>PAGER</c> and <c>LESS</c>.</param>
    /// <param name="screen">The screen that the text is shown on.</param>
    /// <param name="write">Writes the text.</param>
    public static void Show(Session session, Screen screen, Action<LineOutput> write)
    {
        if (!screen.IsTerminal)
        {
            write(Terminal.Out);
            return;
        }

        using var text = new MemoryStream();
        write(new LineOutput(text, ignoresFailures: false));
        var lines = text.GetBuffer().AsSpan(0, (int)text.Length).Count((byte)'\n');
        text.Position = 0;
        if (lines < screen.Height || !TryPage(session, text))
        {
            using var output = Terminal.OpenRaw();
            text.Position = 0;
            text.CopyTo(output);
        }
    }

    /// <returns>Whether the pager could be run.</returns>
    private static bool TryPage(Session session, MemoryStream text)
    {
        var command = session.Variable("PAGER") ?? Usual;
        if (command == Usual && !session.SearchPath.Any(directory => ExecutableFile.Exists(Path.Combine(directory, Usual))))
        {
            return false;
        }

        using var foreground = new ForegroundChild();
        var (reader, writer) = Pipes.Create();
        ChildProcess pager;
        using (reader)
        {
            pager = ChildProcess.Start(new SpawnRequest
            {
                Program = "/bin/sh",
                Arguments = ["sh", "-c", command],
                Environment = session.EnvironmentWith(new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["LESS"] = session.Variable("LESS") ?? "FRX",
                }),
                ClosesOthers = true,
                Descriptors = new Dictionary<int, SafeFileHandle> { [0] = reader },
            });
        }

        // Fed while we wait, so that the pager can end before it has read everything.
        var feeding = new Thread(() => Feed(text, writer)) { IsBackground = true, Name = "pager" };
        feeding.Start();
        var code = foreground.Await(pager);
        feeding.Join();
        return code is not (CannotRun or NotFound);
    }

    private static void Feed(MemoryStream text, SafeFileHandle writer)
    {
        try
        {
            using var pipe = new FileStream(writer, FileAccess.Write, bufferSize: 0);
            text.CopyTo(pipe);
        }
        catch (IOException)
        {
            // The user left the pager before it read everything.
        }
    }
}

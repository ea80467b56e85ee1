using CondaFuse.Platform;

namespace CondaFuse.Helper.Output;

/// <summary>Shows text that is longer than the terminal through the user's pager.</summary>
internal static class Pager
{
    private const string Usual = "less";

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

    private static bool TryPage(Session session, MemoryStream text)
    {
        var command = session.Variable("PAGER") ?? Usual;
        if (command == Usual && !session.SearchPath.Any(directory => ExecutableFile.Exists(Path.Combine(directory, Usual))))
        {
            return false;
        }

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
                Descriptors = new Dictionary<int, Microsoft.Win32.SafeHandles.SafeFileHandle> { [0] = reader },
            });
        }

        try
        {
            using var pipe = new FileStream(writer, FileAccess.Write, bufferSize: 0);
            text.CopyTo(pipe);
        }
        catch (IOException)
        {
            // The user left the pager before it read everything.
        }

        ForegroundChild.Await(pager);
        return true;
    }
}

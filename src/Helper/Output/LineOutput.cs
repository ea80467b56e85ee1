using System.Text;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>
/// Writes whole lines, each escaped (<see cref="PrintableText"/>) and written at once, so that lines of several processes are not mixed.
/// </summary>
/// <param name="stream">Receives them.</param>
/// <param name="ignoresFailures">Whether a line that cannot be written is ignored.</param>
internal sealed class LineOutput(Stream stream, bool ignoresFailures)
{
    /// <summary>Writes one line, which may contain any text.</summary>
    public void WriteLine(string line) => Write($"{PrintableText.Of(line)}\n");

    /// <summary>Writes lines of pieces that were escaped separately, with control codes of this program in between.</summary>
    public void WriteEscaped(string lines) => Write($"{lines}\n");

    /// <summary>Writes one of our own texts, whose lines were composed together.</summary>
    public void WriteLines(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            WriteLine(line);
        }
    }

    /// <summary>Writes an unfinished line, replacing the previous one.</summary>
    public void Redraw(string line) => Write($"\r\e[K{PrintableText.Of(line)}");

    /// <summary>Writes an unfinished line, for a prompt.</summary>
    public void WriteUnfinished(string line) => Write(PrintableText.Of(line));

    /// <summary>A writer for other code; each newline ends a line.</summary>
    public TextWriter AsWriter() => new LineWriter(this);

    private void Write(string text)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (ignoresFailures)
        {
            // A closed or full standard error must not stop the work.
        }
    }

    private sealed class LineWriter(LineOutput output) : TextWriter
    {
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value == '\n')
            {
                output.WriteLine(_line.ToString());
                _line.Clear();
            }
            else
            {
                _line.Append(value);
            }
        }

        public override void Flush()
        {
            if (_line.Length > 0)
            {
                output.WriteUnfinished(_line.ToString());
                _line.Clear();
            }
        }
    }
}

/// <summary>Asks for confirmation before something is lost.</summary>
internal static class Question
{
    /// <summary>Asks, and throws unless the answer is yes.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Declined"/>, or there is no terminal to ask on:
    /// <see cref="StoreFault.BadName"/>.</exception>
    public static void Demand(string question, bool isYes)
    {
        if (!IsAnswered(question, isYes))
        {
            throw new StoreException(StoreFault.Declined, "nothing was changed");
        }
    }

    /// <summary>Asks, unless the command line has the answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="isYes">Whether <c>--yes</c> was given.</param>
    /// <returns>Whether the answer is yes; anything else counts as no.</returns>
    /// <exception cref="StoreException">There is no terminal to ask on: <see cref="StoreFault.BadName"/>.</exception>
    public static bool IsAnswered(string question, bool isYes)
    {
        if (isYes)
        {
            return true;
        }

        if (!Terminal.CanAsk)
        {
            throw new StoreException(
                StoreFault.BadName, "cannot ask: standard input is not a terminal; nothing was changed") { Hint = "--yes answers the question" };
        }

        Terminal.Error.WriteUnfinished($"{question} [y/N] ");
        return Terminal.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}

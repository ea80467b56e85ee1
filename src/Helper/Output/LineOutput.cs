using System.Text;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>
/// Writes whole lines, each escaped (<see cref="PrintableText"/>) and written at once, so that lines of several processes do not mix.
/// </summary>
/// <param name="stream">Takes them.</param>
/// <param name="ignoresFailures">Whether a line that cannot be written is given up.</param>
internal sealed class LineOutput(Stream stream, bool ignoresFailures)
{
    /// <summary>Writes one line, whatever its text contains.</summary>
    public void WriteLine(string line) => Write($"{PrintableText.Of(line)}\n");

    /// <summary>Writes one line of pieces that were escaped each, between codes of this program.</summary>
    public void WriteEscaped(string line) => Write($"{line}\n");

    /// <summary>Writes a text of ours, of which every line was composed as one.</summary>
    public void WriteLines(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            WriteLine(line);
        }
    }

    /// <summary>Writes an unfinished line, in place of what this wrote of it before.</summary>
    public void Redraw(string line) => Write($"\r\e[K{PrintableText.Of(line)}");

    /// <summary>Writes an unfinished line: a question.</summary>
    public void WriteUnfinished(string line) => Write(PrintableText.Of(line));

    /// <summary>This as others write to it: what they write between newlines is a line.</summary>
    public TextWriter AsWriter() => new LineWriter(this);

    private void Write(string text)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (ignoresFailures)
        {
            // A closed or full standard error is not a reason to stop what is being done.
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

/// <summary>A question before something is lost.</summary>
internal static class Question
{
    /// <summary>Asks, and refuses to go on unless the answer is yes.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Declined"/>, or nobody can be asked: <see cref="StoreFault.BadName"/>.</exception>
    public static void Demand(string question, bool isYes)
    {
        if (!IsAnswered(question, isYes))
        {
            throw new StoreException(StoreFault.Declined, "nothing was changed");
        }
    }

    /// <summary>Asks, unless the answer was given on the command line.</summary>
    /// <param name="question">The question.</param>
    /// <param name="isYes">Whether <c>--yes</c> was given.</param>
    /// <returns>Whether the answer is yes; anything else is no.</returns>
    /// <exception cref="StoreException">Nobody can be asked: <see cref="StoreFault.BadName"/>.</exception>
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

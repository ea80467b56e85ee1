using System.Text;

namespace CondaFuse.Helper.Help;

/// <summary>Wraps text at a width in characters. A word longer than the width gets a separate line.</summary>
internal static class TextLayout
{
    /// <summary>Paragraphs are separated by empty lines, in the text and in the result; other line breaks count as spaces.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width, int indent = 0)
    {
        var lines = new List<string>();
        var margin = new string(' ', indent);
        foreach (var paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0)
            {
                lines.Add(string.Empty);
            }

            var line = new StringBuilder(margin);
            foreach (var word in paragraph.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > indent && line.Length + 1 + word.Length > width)
                {
                    lines.Add(line.ToString());
                    line.Clear().Append(margin);
                }

                line.Append(line.Length > indent ? " " : string.Empty).Append(word);
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    /// <summary>A list of terms, each indented by two, with its text beside or below.</summary>
    public static IEnumerable<string> Describe(IReadOnlyList<(string Term, string Text)> rows, int width)
    {
        const int margin = 2;
        const int widest = 26;
        const int narrow = 60;
        if (rows.Count == 0)
        {
            yield break;
        }

        // If there is little space, the text goes below its term.
        var column = width < narrow ? 2 * margin + margin : Math.Min(rows.Max(row => row.Term.Length), widest) + (2 * margin);
        foreach (var (term, text) in rows)
        {
            var lines = Wrap(text, width, column);
            var fits = width >= narrow && margin + term.Length + margin <= column && lines.Count > 0;
            yield return fits ? $"  {term}".PadRight(column) + lines[0][column..] : $"  {term}";
            foreach (var line in lines.Skip(fits ? 1 : 0))
            {
                yield return line;
            }
        }
    }
}

using CondaFuse.Helper.Help;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>The shade of a piece of text where colours are shown.</summary>
internal enum Shade
{
    Plain,
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
}

/// <summary>Text with a shade.</summary>
internal readonly record struct Cell(string Text, Shade Shade = Shade.Plain)
{
    public static implicit operator Cell(string text) => new(text);

    /// <summary>The text, already escaped, with the codes of its shade.</summary>
    public static string Paint(string escaped, Shade shade, Screen? screen)
    {
        var code = shade switch
        {
            Shade.Bold => "1",
            Shade.Dim => "2",
            Shade.Red => "31",
            Shade.Green => "32",
            Shade.Yellow => "33",
            _ => null,
        };
        return code is null || screen is not { IsColoured: true } || escaped.Length == 0 ? escaped : $"\e[{code}m{escaped}\e[0m";
    }
}

/// <summary>A column of a table.</summary>
/// <param name="IsRightAligned">Whether it holds numbers.</param>
/// <param name="Spare">If the width is too small, columns with a number above 0 are left out, the highest number first.</param>
/// <param name="IsWrapped">Whether long text continues on more lines instead of being cut; only for the last column.</param>
internal readonly record struct Column(bool IsRightAligned = false, int Spare = 0, bool IsWrapped = false);

/// <summary>Columns of text, each as wide as its widest cell, within the limits of the screen.</summary>
/// <param name="columns">From left to right.</param>
internal sealed class Table(params Column[] columns)
{
    private const int Narrowest = 8;

    /// <summary>Text is cut to this width before a column is left out.</summary>
    private const int Comfortable = 24;
    private const string Gap = "  ";
    private const int Indentation = 4;
    private readonly List<Cell[]> _rows = [];

    /// <summary>A table of text whose last column is wrapped.</summary>
    public static Table Wrapped(int columns) => new([.. Enumerable.Repeat(default(Column), columns - 1), new Column(IsWrapped: true)]);

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(cell => new Cell(PrintableText.Of(cell)))]);

    public void AddShaded(params Cell[] cells) => _rows.Add([.. cells.Select(cell => cell with { Text = PrintableText.Of(cell.Text) })]);

    /// <param name="writer">Receives the lines.</param>
    /// <param name="screen">Limits the width; null for no limit.</param>
    public void Write(LineOutput writer, Screen? screen = null)
    {
        var widths = columns.Select((_, column) => _rows.Max(row => row[column].Text.Length)).ToArray();
        if (columns[^1].IsWrapped && screen is not null)
        {
            _rows.ForEach(row => WriteWrapped(writer, row, widths, screen));
            return;
        }

        var shown = Fit(widths, screen?.Width ?? int.MaxValue);
        writer.WriteEscaped(string.Join('\n', _rows.Select(row => string.Join(Gap, shown.Select(
            column => Format(row[column], widths[column], columns[column].IsRightAligned, column == shown[^1], screen))).TrimEnd())));
    }

    /// <summary>Wraps the last cell beside the others, or below them if there is too little room.</summary>
    private static void WriteWrapped(LineOutput writer, Cell[] row, int[] widths, Screen screen)
    {
        var start = string.Concat(row[..^1].Select((cell, column) => Format(cell, widths[column], false, false, screen) + Gap));
        var beside = widths[..^1].Sum(width => width + Gap.Length);
        var isBeside = screen.Width - beside >= Math.Min(widths[^1], Comfortable);
        var indent = isBeside ? beside : Indentation;
        var text = row[^1].Text;
        var lines = text.Length <= screen.Width - indent ? [new string(' ', indent) + text] : TextLayout.Wrap(text, screen.Width, indent);
        if (!isBeside && start.Trim().Length > 0)
        {
            writer.WriteEscaped(start.TrimEnd());
        }

        for (var i = 0; i < lines.Count; i++)
        {
            writer.WriteEscaped((isBeside && i == 0 ? start + lines[0][indent..] : lines[i]).TrimEnd());
        }
    }

    private static string Format(Cell cell, int width, bool isRightAligned, bool isLast, Screen? screen)
    {
        var text = cell.Text.Length > width ? $"{cell.Text[..(width - 1)]}…" : cell.Text;
        var space = new string(' ', isLast && !isRightAligned ? 0 : width - text.Length);
        var painted = Cell.Paint(text, cell.Shade, screen);
        return isRightAligned ? space + painted : painted + space;
    }

    /// <summary>Narrows long text, leaves out spare columns, then narrows text columns, the widest first.</summary>
    /// <returns>The columns to show.</returns>
    private List<int> Fit(int[] widths, int width)
    {
        var shown = Enumerable.Range(0, columns.Length).ToList();
        long Excess() => shown.Sum(column => (long)widths[column]) + (Gap.Length * (shown.Count - 1)) - width;
        void Narrow(int least)
        {
            while (Excess() > 0 && shown.Where(column => !columns[column].IsRightAligned && widths[column] > least).ToList() is { Count: > 0 } texts)
            {
                var widest = texts.MaxBy(column => widths[column]);
                widths[widest] = (int)Math.Max(least, widths[widest] - Excess());
            }
        }

        Narrow(Comfortable);
        while (Excess() > 0 && shown.Where(column => columns[column].Spare > 0).ToList() is { Count: > 0 } spare)
        {
            shown.Remove(spare.MaxBy(column => columns[column].Spare));
        }

        Narrow(Narrowest);
        return shown;
    }
}

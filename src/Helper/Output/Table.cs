using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>Columns of text, each as wide as its widest cell.</summary>
/// <param name="rightAligned">For each column, whether it holds figures.</param>
internal sealed class Table(params bool[] rightAligned)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add([.. cells.Select(PrintableText.Of)]);

    public void Write(LineOutput writer)
    {
        var widths = Enumerable.Range(0, rightAligned.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => rightAligned[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}

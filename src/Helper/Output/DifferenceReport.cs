using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>Shows changes to the user.</summary>
/// <param name="writer">Receives the lines.</param>
/// <param name="screen">The screen that they are shown on.</param>
internal sealed class DifferenceReport(LineOutput writer, Screen screen)
{
    private static readonly (DifferenceKind Kind, string Word, Shade Shade)[] Kinds =
    [
        (DifferenceKind.Added, "added", Shade.Green), (DifferenceKind.Changed, "changed", Shade.Yellow),
        (DifferenceKind.Attributes, "attributes", Shade.Yellow), (DifferenceKind.Renamed, "renamed", Shade.Yellow),
        (DifferenceKind.Removed, "removed", Shade.Red),
    ];

    private const int KindWidth = 10;
    private const int Indent = KindWidth + 3;

    public Screen Screen => screen;

    public void WriteLine(string line) => writer.WriteLine(line);

    /// <summary>Writes packages, then paths. Entries below an added or removed directory are counted, not listed.</summary>
    public void Write(IReadOnlyList<PackageChange> packages, IReadOnlyList<TreeDifference> paths)
    {
        if (packages.Count > 0)
        {
            WriteTitle("Packages:");
            var table = new Table(default(Column), default, default);
            foreach (var package in packages)
            {
                table.AddShaded(new Cell($"  {Sign(package)} {package.Name}", ShadeOf(package)), Versions(package), package.Installer);
            }

            table.Write(writer, screen);
        }

        if (paths.Count > 0)
        {
            WriteTitle("Files:");
            foreach (var (kind, line) in Lines(paths))
            {
                var (_, word, shade) = Array.Find(Kinds, known => known.Kind == kind);
                writer.WriteEscaped($"  {Cell.Paint(word.PadRight(KindWidth), shade, screen)} {screen.CutFront(PrintableText.Of(line), Indent)}");
            }
        }
    }

    /// <summary>Writes the number of packages and paths for each kind of change.</summary>
    public void WriteCounts(IReadOnlyList<PackageChange> packages, IReadOnlyList<TreeDifference> paths)
    {
        var table = new Table(new Column(), new Column(IsRightAligned: true), new Column(IsRightAligned: true));
        table.AddShaded(new Cell("KIND", Shade.Bold), new Cell("ENTRIES", Shade.Bold), new Cell("SIZE", Shade.Bold));
        foreach (var (kind, word, shade) in Kinds)
        {
            var group = paths.Where(path => path.Kind == kind).ToList();
            if (group.Count > 0)
            {
                var hasSize = kind is DifferenceKind.Added or DifferenceKind.Changed;
                table.AddShaded(new Cell(word, shade), $"{group.Count}", hasSize ? Sizes.Human(group.Sum(path => path.Size)) : string.Empty);
            }
        }

        if (packages.Count > 0)
        {
            table.Add("packages", $"{packages.Count}", string.Empty);
        }

        table.Write(writer, screen);
    }

    /// <summary>The number of paths for each kind of change: <c>3 added (1.2K), 1 removed</c>.</summary>
    public static string Count(IReadOnlyList<TreeDifference> paths)
    {
        (DifferenceKind Kind, string Word)[] words =
        [
            (DifferenceKind.Added, "added"), (DifferenceKind.Changed, "changed"), (DifferenceKind.Attributes, "with other attributes"),
            (DifferenceKind.Renamed, "renamed"), (DifferenceKind.Removed, "removed"),
        ];
        var counted = words.Select(word => (word.Word, Paths: paths.Where(path => path.Kind == word.Kind).ToList()))
            .Where(group => group.Paths.Count > 0);
        var parts = counted.Select(group => $"{group.Paths.Count} {group.Word}{Bytes(group.Paths)}").ToList();
        return parts.Count > 0 ? string.Join(", ", parts) : "nothing";
    }

    /// <summary>A path as text for programs; bytes that are not UTF-8 become question marks.</summary>
    public static string Text(ReadOnlyMemory<byte> path) => Encoding.UTF8.GetString(path.Span).Replace('\uFFFD', '?');

    private static string Bytes(List<TreeDifference> paths) =>
        paths[0].Kind is DifferenceKind.Added or DifferenceKind.Changed && paths.Sum(path => path.Size) is > 0 and var bytes
            ? $" ({Sizes.Human(bytes)})"
            : string.Empty;

    private void WriteTitle(string title) => writer.WriteEscaped(Cell.Paint(title, Shade.Bold, screen));

    private static Shade ShadeOf(PackageChange package) => package switch
    {
        { Before: null } => Shade.Green,
        { After: null } => Shade.Red,
        _ => Shade.Yellow,
    };

    private static string Sign(PackageChange package) => package switch { { Before: null } => "+", { After: null } => "-", _ => "~" };

    private static string Versions(PackageChange package) => string.Join(" -> ", new[] { package.Before, package.After }.OfType<string>());

    private static IEnumerable<(DifferenceKind Kind, string Line)> Lines(IReadOnlyList<TreeDifference> paths)
    {
        for (var index = 0; index < paths.Count; index++)
        {
            var path = paths[index];
            var folds = path.EntryKind == EntryKind.Directory && path.Kind is DifferenceKind.Added or DifferenceKind.Removed;
            var below = folds ? paths.Skip(index + 1).TakeWhile(other => other.Kind == path.Kind && IsBelow(other.Path, path.Path)).ToList() : [];
            yield return (path.Kind, $"{Name(path)}{(below.Count > 0 ? $" ({below.Count} below)" : string.Empty)}");
            index += below.Count;
        }
    }

    private static string Name(TreeDifference path)
    {
        var slash = path.EntryKind == EntryKind.Directory ? "/" : string.Empty;
        var name = $"{PrintableText.Of(path.Path.Span)}{slash}";
        return path.OldPath is { } old
            ? $"{PrintableText.Of(old.Span)}{slash} -> {name}{(path.ContentChanged ? " (and changed)" : string.Empty)}"
            : name;
    }

    private static bool IsBelow(ReadOnlyMemory<byte> path, ReadOnlyMemory<byte> directory) =>
        path.Length > directory.Length && path.Span[directory.Length] == '/' && path.Span.StartsWith(directory.Span);
}

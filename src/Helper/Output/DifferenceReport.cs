using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Output;

/// <summary>What was changed, for a person.</summary>
internal static class DifferenceReport
{
    /// <summary>Writes packages, then paths; what lies below a directory that is added or removed is counted, not listed.</summary>
    public static void Write(LineOutput writer, IReadOnlyList<PackageChange> packages, IReadOnlyList<TreeDifference> paths)
    {
        if (packages.Count > 0)
        {
            writer.WriteLine("Packages:");
            var table = new Table(false, false, false);
            foreach (var package in packages)
            {
                table.Add($"  {Sign(package)} {package.Name}", Versions(package), package.Installer);
            }

            table.Write(writer);
        }

        if (paths.Count > 0)
        {
            writer.WriteLine("Files:");
            foreach (var line in Lines(paths))
            {
                writer.WriteLine($"  {line}");
            }
        }
    }

    /// <summary>How many differ in which way: <c>3 added (1.2K), 1 removed</c>.</summary>
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

    private static string Sign(PackageChange package) => package switch { { Before: null } => "+", { After: null } => "-", _ => "~" };

    private static string Versions(PackageChange package) => string.Join(" -> ", new[] { package.Before, package.After }.OfType<string>());

    private static IEnumerable<string> Lines(IReadOnlyList<TreeDifference> paths)
    {
        for (var index = 0; index < paths.Count; index++)
        {
            var path = paths[index];
            var folds = path.EntryKind == EntryKind.Directory && path.Kind is DifferenceKind.Added or DifferenceKind.Removed;
            var below = folds ? paths.Skip(index + 1).TakeWhile(other => other.Kind == path.Kind && IsBelow(other.Path, path.Path)).ToList() : [];
            yield return $"{Word(path.Kind),-10} {Name(path)}{(below.Count > 0 ? $" ({below.Count} below)" : string.Empty)}";
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

    private static string Word(DifferenceKind kind) => kind switch
    {
        DifferenceKind.Added => "added",
        DifferenceKind.Removed => "removed",
        DifferenceKind.Changed => "changed",
        DifferenceKind.Attributes => "attributes",
        _ => "renamed",
    };

    private static bool IsBelow(ReadOnlyMemory<byte> path, ReadOnlyMemory<byte> directory) =>
        path.Length > directory.Length && path.Span[directory.Length] == '/' && path.Span.StartsWith(directory.Span);
}

using System.Reflection;
using System.Text.RegularExpressions;

namespace CondaFuse.Architecture.Tests;

/// <summary>The sources of this project, as files.</summary>
internal static partial class Repository
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pair => pair.Key == "RepositoryRoot").Value!);

    public static IEnumerable<string> Rooms() => Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static IReadOnlyList<string> References(string room) =>
        [.. ReferencePattern().Matches(File.ReadAllText(Path.Combine(Root, "src", room, $"{room}.csproj"))).Select(match => match.Groups["room"].Value)];

    public static IEnumerable<(string Path, string Text)> Sources(string room)
    {
        var root = Path.Combine(Root, "src", room);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => (Path.GetRelativePath(Root, path), CommentPattern().Replace(File.ReadAllText(path), string.Empty)));
    }

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*/(?<room>[A-Za-z]+)\\.csproj\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("//[^\n]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentPattern();
}

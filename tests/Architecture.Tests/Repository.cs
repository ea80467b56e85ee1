using System.Reflection;
using System.Text.RegularExpressions;

namespace CondaFuse.Architecture.Tests;

/// <summary>The sources of this project, as files.</summary>
internal static partial class Repository
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(pair => pair.Key == "RepositoryRoot").Value!);

    public static IEnumerable<string> Rooms() =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public static IReadOnlyList<string> References(string room) =>
        [.. ReferencePattern()
            .Matches(File.ReadAllText(Path.Combine(Root, "src", room, $"{room}.csproj")))
            .Select(match => match.Groups["room"].Value)];

    public static IEnumerable<(string Path, string Text)> Sources(string room) =>
        Below(Path.Combine("src", room)).Select(
            path => (Path.GetRelativePath(Root, path), CommentPattern().Replace(File.ReadAllText(path), string.Empty)));

    /// <summary>All C# files that people wrote, tests included.</summary>
    public static IEnumerable<string> AllSources() => Below("src").Concat(Below("tests"));

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*/(?<room>[A-Za-z]+)\\.csproj\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("//[^\n]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommentPattern();
}

using System.Runtime.CompilerServices;

namespace CondaFuse.Helper.Tests;

/// <summary>
/// A text of the program that is kept in a file, so that a change of wording is seen in review. To write the files again:
/// <c>CONDAFUSE_WRITE_GOLDEN=1 dotnet test tests/Helper.Tests</c>, then <c>git diff</c>.
/// </summary>
internal static class GoldenFile
{
    /// <summary>Root of the repository.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    /// <summary>Compares a text with a file.</summary>
    /// <param name="path">Below the repository.</param>
    /// <param name="lines">The text.</param>
    public static void Check(string path, IEnumerable<string> lines)
    {
        var file = Path.Combine(Repository, path);
        var text = string.Concat(lines.Select(line => $"{line}\n"));
        if (Environment.GetEnvironmentVariable("CONDAFUSE_WRITE_GOLDEN") is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == text,
            $"{path} differs from the program. To write it again and review the difference:\n"
                + $"  CONDAFUSE_WRITE_GOLDEN=1 dotnet test tests/Helper.Tests && git diff {path}");
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

using System.Runtime.CompilerServices;

namespace CondaFuse.ShellTemplates.Tests;

/// <summary>Where the templates and the golden files are.</summary>
internal static class Repository
{
    public static string Templates { get; } = Path.GetFullPath(Path.Combine(Here(), "../../shells"));

    public static string Golden { get; } = Path.Combine(Here(), "Golden");

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

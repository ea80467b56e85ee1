using System.Runtime.CompilerServices;

namespace CondaFuse.ShellTemplates.Tests;

/// <summary>The paths of the templates and the golden files.</summary>
internal static class Repository
{
    public static string Templates { get; } = Path.GetFullPath(Path.Combine(Here(), "../../shells"));

    public static string Golden { get; } = Path.Combine(Here(), "Golden");

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

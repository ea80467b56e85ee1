namespace CondaFuse.Images.Blocks;

/// <summary>Names of files that are written beside their target, and renamed when they are whole.</summary>
internal static class TemporaryName
{
    public const string Suffix = ".partial";

    private const int Digits = 8;

    /// <summary>A new one.</summary>
    public static string Of(string target) => $"{target}.{Guid.NewGuid().ToString("N")[..Digits]}{Suffix}";

    /// <summary>Whether a file is one of a target's.</summary>
    public static bool IsOf(string file, string target) =>
        file.Length == target.Length + 1 + Digits + Suffix.Length && file.StartsWith(target + ".", StringComparison.Ordinal) && file.EndsWith(Suffix, StringComparison.Ordinal);
}

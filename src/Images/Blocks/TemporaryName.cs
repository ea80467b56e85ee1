namespace CondaFuse.Images.Blocks;

/// <summary>Names of files that are written beside their target, and renamed when they are whole.</summary>
internal static class TemporaryName
{
    public const string Suffix = ".partial";

    /// <summary>A new one.</summary>
    public static string Of(string target) => $"{target}.{Guid.NewGuid().ToString("N")[..8]}{Suffix}";
}

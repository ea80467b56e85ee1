namespace CondaFuse.EnvironmentFiles.Installed;

/// <summary>The channels of packages.</summary>
internal static class Channels
{
    /// <summary>conda's name for the channels of Anaconda.</summary>
    public const string Defaults = "defaults";

    private const string Cloud = "https://conda.anaconda.org/";
    private const string Repository = "https://repo.anaconda.com/pkgs/";

    /// <summary>The channels without duplicates, in the order of first use; by short name if there is one.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<LockedPackage> packages) =>
        [.. packages.Select(package => Address(package.Url)).Where(address => address.Length > 0).Select(Name).Distinct(StringComparer.Ordinal)];

    /// <summary>A channel's address: a package is in a folder of its platform below it.</summary>
    private static string Address(string url) => url.Split('/') is { Length: > 2 } parts ? string.Join('/', parts[..^2]) : string.Empty;

    private static string Name(string address) =>
        address.StartsWith(Repository, StringComparison.Ordinal) ? Defaults
        : address.StartsWith(Cloud, StringComparison.Ordinal) && !address[Cloud.Length..].Contains('/', StringComparison.Ordinal)
            ? address[Cloud.Length..]
        : address;
}

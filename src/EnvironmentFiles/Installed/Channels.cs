namespace CondaFuse.EnvironmentFiles.Installed;

/// <summary>The channels that packages come from.</summary>
internal static class Channels
{
    /// <summary>What conda calls the channels of Anaconda.</summary>
    public const string Defaults = "defaults";

    private const string Cloud = "https://conda.anaconda.org/";
    private const string Repository = "https://repo.anaconda.com/pkgs/";

    /// <summary>Each once, in the order of first use; by its short name where it has one.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<LockedPackage> packages) =>
        [.. packages.Select(package => Address(package.Url)).Where(address => address.Length > 0).Select(Name).Distinct(StringComparer.Ordinal)];

    /// <summary>A channel's address: a package lies in a folder of its platform below it.</summary>
    private static string Address(string url) => url.Split('/') is { Length: > 2 } parts ? string.Join('/', parts[..^2]) : string.Empty;

    private static string Name(string address) =>
        address.StartsWith(Repository, StringComparison.Ordinal) ? Defaults
        : address.StartsWith(Cloud, StringComparison.Ordinal) && !address[Cloud.Length..].Contains('/', StringComparison.Ordinal)
            ? address[Cloud.Length..]
        : address;
}

namespace CondaFuse.Packing.Metadata;

/// <summary>
/// Where a file of a noarch python package lies: conda installs <c>site-packages/</c> where the environment's python looks for packages and
/// <c>python-scripts/</c> as <c>bin/</c>, but records the package's own paths in <c>paths_data</c>.
/// </summary>
internal static class InstalledPath
{
    private const string SitePackages = "site-packages/";
    private const string Scripts = "python-scripts/";

    /// <summary>The path below the prefix.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">The recorded path. Byte code and entry points are recorded where they lie, and stay.</param>
    /// <param name="sitePackages">Where the environment's python has its packages; null without a python: then the package's list of files tells.</param>
    public static string Of(PackageRecord package, string path, string? sitePackages)
    {
        if (!package.IsNoarchPython)
        {
            return path;
        }

        if (path.StartsWith(Scripts, StringComparison.Ordinal))
        {
            return $"bin/{path[Scripts.Length..]}";
        }

        return !path.StartsWith(SitePackages, StringComparison.Ordinal) ? path
            : sitePackages is not null ? $"{sitePackages}/{path[SitePackages.Length..]}"
            : package.Files.FirstOrDefault(file => file.EndsWith($"/{path}", StringComparison.Ordinal)) ?? path;
    }
}

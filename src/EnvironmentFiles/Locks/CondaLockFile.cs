using CondaFuse.EnvironmentFiles.Yaml;

namespace CondaFuse.EnvironmentFiles.Locks;

/// <summary><c>conda-lock.yml</c>, version 1: a list of packages for several platforms, each with its categories.</summary>
internal static class CondaLockFile
{
    private const string Main = "main";

    /// <summary>The packages for a platform and some categories.</summary>
    public static LockedPackages Read(string file, YamlNode.Map document, string platform, LockSelection selection)
    {
        if (selection.Environment is not null)
        {
            throw new EnvironmentFileException(EnvironmentFileFault.Malformed,
                $"--environment is for pixi.lock; {file} is a conda-lock.yml, use --category");
        }

        var entries = document.ListOf("package").OfType<YamlNode.Map>().ToList();
        var platforms = entries.Select(entry => entry.TextOf("platform") ?? string.Empty).Distinct(StringComparer.Ordinal).ToList();
        if (!platforms.Contains(platform, StringComparer.Ordinal))
        {
            throw new EnvironmentFileException(EnvironmentFileFault.NotForThisMachine,
                $"{file} has nothing for {platform}, only for {string.Join(", ", platforms)}");
        }

        var known = entries.SelectMany(Categories).Distinct(StringComparer.Ordinal).ToList();
        if (selection.Categories.FirstOrDefault(category => !known.Contains(category, StringComparer.Ordinal)) is { } unknown)
        {
            throw new EnvironmentFileException(
                EnvironmentFileFault.Malformed, $"{file} has no category '{unknown}', only {string.Join(", ", known)}");
        }

        List<string> wanted = [Main, .. selection.Categories];
        var packages = entries
            .Where(entry =>
                entry.TextOf("platform") == platform && Categories(entry).Any(category => wanted.Contains(category, StringComparer.Ordinal)))
            .Select(entry => Package(file, entry))
            .Where(package => !package.Name.StartsWith(Versions.Dependency.VirtualPrefix, StringComparison.Ordinal)).ToList();
        return new LockedPackages(
            [.. packages.Where(package => package.Manager == PackageManager.Conda)],
                [.. packages.Where(package => package.Manager == PackageManager.Pip)]);
    }

    private static IEnumerable<string> Categories(YamlNode.Map entry) =>
        entry.TextsOf("categories") is { Count: > 0 } several ? several : [entry.TextOf("category") ?? Main];

    private static LockedPackage Package(string file, YamlNode.Map entry)
    {
        var name = entry.TextOf("name") ?? throw EnvironmentFile.Malformed(file, "a package has no name");
        var url = entry.MapOf("source")?.TextOf("url") ?? entry.TextOf("url") ?? throw EnvironmentFile.Malformed(file, $"{name} has no URL");
        var manager = entry.TextOf("manager") switch
        {
            "conda" => PackageManager.Conda,
            "pip" => PackageManager.Pip,
            var other => throw EnvironmentFile.Malformed(file, $"{name} has the unknown manager '{other}'"),
        };
        return new LockedPackage(manager, name, entry.TextOf("version") ?? string.Empty, url)
        {
            Md5 = entry.MapOf("hash")?.TextOf("md5"),
            Sha256 = entry.MapOf("hash")?.TextOf("sha256"),
            Depends = [
                .. (entry.MapOf("dependencies")?.Entries ?? []).Select(pair => $"{pair.Key} {(pair.Value as YamlNode.Text)?.Value}".TrimEnd())],
        };
    }
}

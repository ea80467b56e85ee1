using System.Text;
using CondaFuse.EnvironmentFiles.Versions;
using CondaFuse.EnvironmentFiles.Yaml;

namespace CondaFuse.EnvironmentFiles.Installed;

/// <summary>Writes an environment as <c>conda-lock.yml</c>, version 1, for one platform.</summary>
public static class CondaLockExport
{
    /// <summary>conda-lock compares this hash with its input files, which do not exist here.</summary>
    private const string NoContentHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Writes the lock file.</summary>
    /// <param name="environment">The environment. Its packages have addresses and checksums.</param>
    /// <param name="platform">conda's name of the platform.</param>
    /// <param name="source">The file that it was made from, for readers.</param>
    public static string Write(InstalledEnvironment environment, string platform, string source)
    {
        var text = new StringBuilder();
        text.Append("version: 1\nmetadata:\n  content_hash:\n").Append($"    {platform}: {YamlWriting.Quote(NoContentHash)}\n  channels:\n");
        foreach (var channel in Channels.Of(environment.Packages.Conda))
        {
            text.Append($"  - url: {YamlWriting.Plain(channel)}\n    used_env_vars: []\n");
        }

        text.Append($"  platforms:\n  - {platform}\n  sources:\n  - {YamlWriting.Quote(source)}\npackage:\n");
        foreach (var package in environment.Packages.Conda.Concat(environment.Packages.Pip))
        {
            Write(text, package, platform);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, LockedPackage package, string platform)
    {
        text.Append($"- name: {YamlWriting.Plain(package.Name)}\n  version: {YamlWriting.Quote(package.Version)}\n  manager: "
            + $"{(package.Manager == PackageManager.Conda ? "conda" : "pip")}\n  platform: {platform}\n");
        var needs = package.Depends.Select(Dependency.Parse).DistinctBy(needed => needed.Name).ToList();
        text.Append(needs.Count == 0 ? "  dependencies: {}\n" : "  dependencies:\n");
        foreach (var needed in needs)
        {
            text.Append($"    {YamlWriting.Quote(needed.Name)}: {YamlWriting.Quote($"{needed.Version} {needed.Build}".Trim())}\n");
        }

        text.Append($"  url: {YamlWriting.Quote(package.Url)}\n  hash:\n");
        text.Append(package.Md5 is null ? string.Empty : $"    md5: {YamlWriting.Quote(package.Md5)}\n");
        text.Append(package.Sha256 is null ? string.Empty : $"    sha256: {YamlWriting.Quote(package.Sha256)}\n");
        text.Append("  category: main\n  optional: false\n");
    }
}

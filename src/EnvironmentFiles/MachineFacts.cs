using CondaFuse.EnvironmentFiles.Versions;

namespace CondaFuse.EnvironmentFiles;

/// <summary>The properties of a machine that packages depend on.</summary>
/// <param name="Platform">conda's name of its platform, such as <c>linux-64</c>.</param>
/// <param name="VirtualPackages">conda's virtual packages, which describe it, with their versions.</param>
public sealed record MachineFacts(string Platform, IReadOnlyDictionary<string, string> VirtualPackages)
{
    /// <summary>A requirement of a package that this machine does not meet, in words for the user; null if it meets all.</summary>
    /// <param name="depends">The package's dependencies.</param>
    internal string? Missing(IEnumerable<string> depends)
    {
        var described = depends.Select(Dependency.Parse).Where(needed => needed.Name.StartsWith(Dependency.VirtualPrefix, StringComparison.Ordinal));
        foreach (var needed in described)
        {
            if (!VirtualPackages.TryGetValue(needed.Name, out var version))
            {
                return $"{needed.Name} {needed.Version}".Trim();
            }

            // Conditions that are not understood are left to the package's own programs.
            if (VersionSpec.Fits(version, needed.Version) == false)
            {
                return $"{needed.Name} {needed.Version}; this machine has {version}";
            }
        }

        return null;
    }
}

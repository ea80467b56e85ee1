namespace CondaFuse.EnvironmentFiles;

/// <summary>All packages of an environment.</summary>
/// <param name="Conda">Those of conda, each behind those that it needs.</param>
/// <param name="Pip">Those of pip.</param>
public sealed record LockedPackages(IReadOnlyList<LockedPackage> Conda, IReadOnlyList<LockedPackage> Pip)
{
    /// <summary>Whether conda installs a package of that name.</summary>
    public bool HasConda(string name) => Conda.Any(package => package.Name == name);
}

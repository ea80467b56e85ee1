namespace CondaFuse.EnvironmentFiles;

/// <summary>All packages of an environment.</summary>
/// <param name="Conda">conda's packages, each after its dependencies.</param>
/// <param name="Pip">pip's packages.</param>
public sealed record LockedPackages(IReadOnlyList<LockedPackage> Conda, IReadOnlyList<LockedPackage> Pip)
{
    /// <summary>Whether conda installs a package of that name.</summary>
    public bool HasConda(string name) => Conda.Any(package => package.Name == name);
}

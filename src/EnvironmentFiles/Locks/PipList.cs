namespace CondaFuse.EnvironmentFiles.Locks;

/// <summary>What pip reads to install exactly the files that are named: <c>pip install --no-deps --require-hashes -r LIST</c>.</summary>
public static class PipList
{
    /// <summary>
    /// Writes the list. The checksum is part of the address: so pip also writes it down in the environment, whatever version it is of.
    /// </summary>
    public static string Write(IEnumerable<LockedPackage> packages) =>
        string.Concat(packages.Select(package => $"{package.Name} @ {package.Url}#sha256={package.Sha256}\n"));
}

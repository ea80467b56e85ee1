namespace CondaFuse.EnvironmentFiles.Locks;

/// <summary>A list that makes pip install exactly the given files: <c>pip install --no-deps --require-hashes -r LIST</c>.</summary>
public static class PipList
{
    /// <summary>Writes the list. The checksum is part of the address, so that every version of pip also records it in the environment.</summary>
    public static string Write(IEnumerable<LockedPackage> packages) =>
        string.Concat(packages.Select(package => $"{package.Name} @ {package.Url}#sha256={package.Sha256}\n"));
}

namespace CondaFuse.EnvironmentFiles.Locks;

/// <summary>Checks the packages of a lock file before they are used: conda checks only the checksums of an explicit list.</summary>
internal static class LockChecks
{
    private const int NamedEntries = 5;
    private const string Noarch = "noarch";

    private static readonly string[] Archives = ["http://", "https://", "file://", "ftp://", "s3://"];

    /// <summary>The packages in the order of installation.</summary>
    /// <exception cref="EnvironmentFileException">A package cannot be installed here, or cannot be stored in an archive.</exception>
    public static LockedPackages Checked(string file, LockedPackages packages, MachineFacts machine)
    {
        List<LockedPackage> all = [.. packages.Conda, .. packages.Pip];
        Refuse(
            all.Where(package => !IsFile(package)), package => $"{package.Title} ({package.Url})", EnvironmentFileFault.Refused,
            $"these entries of {file} are paths or sources, which cannot be installed reproducibly");
        Refuse(
            all.Where(package => package.Problem() is not null), package => $"{package.Title}: {package.Problem()}", EnvironmentFileFault.Malformed,
            $"these entries of {file} are malformed");
        Refuse(
            packages.Pip.Where(package => package.Sha256 is null), package => package.Title, EnvironmentFileFault.Refused,
            $"these pip packages in {file} have no SHA-256 checksum");
        Refuse(
            packages.Conda.Where(package => package.Folder != machine.Platform && package.Folder != Noarch),
            package => $"{package.Title} ({package.Folder})",
            EnvironmentFileFault.NotForThisMachine,
            $"this machine is {machine.Platform}, but these packages of {file} are for another platform");
        Refuse(
            packages.Conda.Where(package => machine.Missing(package.Depends) is not null),
            package => $"{package.Title} needs {machine.Missing(package.Depends)}",
            EnvironmentFileFault.NotForThisMachine,
            $"this machine lacks what packages of {file} need (CONDA_OVERRIDE_CUDA and similar variables override the detection)");
        if (packages.Pip.Count > 0 && !packages.HasConda("python"))
        {
            throw new EnvironmentFileException(EnvironmentFileFault.Refused, $"{file} lists pip packages but no python");
        }

        return packages with { Conda = PackageOrder.Sort(packages.Conda) };
    }

    private static bool IsFile(LockedPackage package) =>
        Array.Exists(Archives, scheme => package.Url.StartsWith(scheme, StringComparison.Ordinal)) && !package.Url.EndsWith('/');

    private static void Refuse(IEnumerable<LockedPackage> found, Func<LockedPackage, string> describe, EnvironmentFileFault fault, string what)
    {
        var packages = found.ToList();
        if (packages.Count > 0)
        {
            var more = packages.Count > NamedEntries ? $" and {packages.Count - NamedEntries} more" : string.Empty;
            throw new EnvironmentFileException(fault, $"{what}: {string.Join("; ", packages.Take(NamedEntries).Select(describe))}{more}");
        }
    }
}

using System.Text;

namespace CondaFuse.EnvironmentFiles.Locks;

/// <summary>
/// A list of addresses after <c>@EXPLICIT</c> (CEP 23). pip's packages are comments in it, in the form that conda-lock writes and micromamba reads.
/// </summary>
public static class ExplicitList
{
    private const string Mark = "@EXPLICIT";
    private const string PipMark = "# pip ";
    private const string Sha256Mark = "sha256:";

    /// <summary>Whether a text is such a list.</summary>
    internal static bool IsOne(string text) => text.Split('\n').Any(line => line.Trim() == Mark);

    /// <summary>Reads a list.</summary>
    internal static LockedPackages Read(string file, string text)
    {
        List<LockedPackage> conda = [];
        List<LockedPackage> pip = [];
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith(PipMark, StringComparison.Ordinal))
            {
                pip.Add(ReadPip(file, line[PipMark.Length..]));
            }
            else if (line.Length > 0 && line[0] is not ('#' or '@'))
            {
                conda.Add(ReadConda(file, line));
            }
        }

        return new LockedPackages(conda, pip);
    }

    /// <summary>Writes a list.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="platform">conda's name of the platform.</param>
    /// <param name="prefersSha256">Whether to write the stronger checksum if both are known; conda before 24 does not read it.</param>
    public static string Write(LockedPackages packages, string platform, bool prefersSha256)
    {
        var text = new StringBuilder($"# platform: {platform}\n{Mark}\n");
        foreach (var package in packages.Conda)
        {
            var sum = prefersSha256 && package.Sha256 is { } strong ? Sha256Mark + strong
                : package.Md5 ?? (package.Sha256 is { } other ? Sha256Mark + other : null);
            text.Append(package.Url).Append(sum is null ? string.Empty : $"#{sum}").Append('\n');
        }

        foreach (var package in packages.Pip)
        {
            text.Append(
                package.Url.Length > 0
                    ? $"{PipMark}{package.Name} @ {package.Url}#sha256={package.Sha256}\n"
                    : $"# not exact, left out: pip {package.Name}=={package.Version}\n");
        }

        return text.ToString();
    }

    private static LockedPackage ReadConda(string file, string line)
    {
        var parts = line.Split('#');
        if (parts.Length > 2 || !parts[0].Contains("://", StringComparison.Ordinal))
        {
            throw new EnvironmentFileException(EnvironmentFileFault.Refused, $"'{line}' in {file} is not the URL of a package");
        }

        var package = LockedPackage.OfConda(parts[0]) ?? throw EnvironmentFile.Malformed(file, $"'{line}' is not the URL of a conda package");
        return parts is [_, var sum]
            ? sum.StartsWith(Sha256Mark, StringComparison.Ordinal) ? package with { Sha256 = sum[Sha256Mark.Length..] }
                : sum.Length > 32 ? package with { Sha256 = sum } : package with { Md5 = sum }
            : package;
    }

    /// <summary><c>NAME @ URL#sha256=SUM</c>, or followed by <c>--hash=sha256:SUM</c>.</summary>
    private static LockedPackage ReadPip(string file, string line)
    {
        const string hash = "--hash=sha256:";
        const string fragment = "#sha256=";
        if (line.Split(" @ ", 2) is not [var name, var rest])
        {
            throw EnvironmentFile.Malformed(file, $"'{line}' is not the URL of a pip package");
        }

        var (mark, at) = rest.IndexOf(hash, StringComparison.Ordinal) is >= 0 and var behind ? (hash, behind)
            : (fragment, rest.IndexOf(fragment, StringComparison.Ordinal));
        return at < 0
            ? new LockedPackage(PackageManager.Pip, name.Trim(), string.Empty, rest.Trim())
            : new LockedPackage(PackageManager.Pip, name.Trim(), string.Empty, rest[..at].Trim()) { Sha256 = rest[(at + mark.Length)..].Trim() };
    }
}

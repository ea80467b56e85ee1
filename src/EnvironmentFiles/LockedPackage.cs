namespace CondaFuse.EnvironmentFiles;

/// <summary>The installer of a package.</summary>
public enum PackageManager
{
    /// <summary>conda, mamba or micromamba.</summary>
    Conda,

    /// <summary>pip.</summary>
    Pip,
}

/// <summary>An exactly specified package: the address of its file, with checksums.</summary>
/// <param name="Manager">Its installer.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; empty if unknown.</param>
/// <param name="Url">Address of its file; empty if pip installed it from an index and did not record the file.</param>
public sealed record LockedPackage(PackageManager Manager, string Name, string Version, string Url)
{
    private const int Md5Digits = 32;
    private const int Sha256Digits = 64;

    /// <summary>MD5 of its file in hexadecimal digits; null if unknown.</summary>
    public string? Md5 { get; init; }

    /// <summary>SHA-256 of its file in hexadecimal digits; null if unknown.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Its build; empty if unknown.</summary>
    public string Build { get; init; } = string.Empty;

    /// <summary>Its dependencies, in conda's notation.</summary>
    public IReadOnlyList<string> Depends { get; init; } = [];

    /// <summary>Whether a line of text can represent it.</summary>
    public bool IsPrintable => Problem() is null;

    /// <summary>Its name and version for messages.</summary>
    internal string Title => $"{Name} {Version}".TrimEnd();

    /// <summary>The channel's folder of a conda package: its platform, or <c>noarch</c>.</summary>
    internal string Folder => Url.Split('/') is [.., var folder, _] ? folder : string.Empty;

    /// <summary>Parses name, version and build from a package's file name; null if it is not one.</summary>
    internal static LockedPackage? OfConda(string url)
    {
        var file = url[(url.LastIndexOf('/') + 1)..];
        var stem = file.EndsWith(".conda", StringComparison.Ordinal) ? file[..^".conda".Length]
            : file.EndsWith(".tar.bz2", StringComparison.Ordinal) ? file[..^".tar.bz2".Length] : string.Empty;
        var build = stem.LastIndexOf('-');
        var version = build > 0 ? stem.LastIndexOf('-', build - 1) : -1;
        return version > 0
            ? new LockedPackage(PackageManager.Conda, stem[..version], stem[(version + 1)..build], url) { Build = stem[(build + 1)..] } : null;
    }

    /// <summary>Why no line of a list can represent it; null if one can.</summary>
    internal string? Problem() =>
        Url.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) || Url.Contains('#', StringComparison.Ordinal)
            ? "its URL contains invalid characters"
        : Name.Length == 0 || Name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-'))
            ? "its name is not a valid package name"
        : Md5 is not null && !IsHex(Md5, Md5Digits) ? "its MD5 checksum is malformed"
        : Sha256 is not null && !IsHex(Sha256, Sha256Digits) ? "its SHA-256 checksum is malformed"
        : null;

    private static bool IsHex(string text, int digits) => text.Length == digits && text.All(char.IsAsciiHexDigit);
}

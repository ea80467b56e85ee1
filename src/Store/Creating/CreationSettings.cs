using CondaFuse.Platform;

namespace CondaFuse.Store.Creating;

/// <summary>
/// conda settings that a creation overrides, whatever <c>.condarc</c> says. With symlinks into the package cache, the archive would hold nothing but
/// symlinks, which would break when the cache is cleaned.
/// </summary>
public static class CreationSettings
{
    private static readonly string[] Programs = ["CONDA", "MAMBA"];

    /// <summary>The variables to set for conda.</summary>
    public static IReadOnlyDictionary<string, string?> Of(CreationPlace place)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var program in Programs)
        {
            settings[$"{program}_ALWAYS_SOFTLINK"] = "false";
            settings[$"{program}_ALLOW_SOFTLINKS"] = "false";
            if (place == CreationPlace.Mount)
            {
                // Every attempt to hard-link from conda's packages into the mount would fail.
                settings[$"{program}_ALWAYS_COPY"] = "true";
            }
        }

        return settings;
    }
}

/// <summary>conda's arguments for a creation. None of them may specify the location, because that must be the mount point.</summary>
public static class CreationArguments
{
    /// <summary>conda accepts any unambiguous abbreviation of an option: <c>--pre</c>, <c>--nam</c>.</summary>
    private static readonly (string Option, int ShortestBeginning)[] LongOptions = [("--prefix", "--pr".Length), ("--name", "--na".Length)];

    /// <summary>One-letter options without a value, which may be followed by more letters: <c>-yp DIR</c>.</summary>
    private const string Flags = "yqdvkChSO";

    /// <summary>The first option that specifies a location, as it was given; null if there is none.</summary>
    public static string? FindPlace(IEnumerable<string> arguments) =>
        arguments.TakeWhile(argument => argument != "--")
            .FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal) ? IsLong(argument.Split('=')[0]) : IsShort(argument));

    private static bool IsLong(string word) =>
        Array.Exists(LongOptions, known => word.Length >= known.ShortestBeginning && known.Option.StartsWith(word, StringComparison.Ordinal));

    private static bool IsShort(string argument) =>
        argument.StartsWith('-') && argument.AsSpan(1).TrimStart(Flags) is { Length: > 0 } rest && rest[0] is 'p' or 'n';
}

/// <summary>Where conda creates a new environment before it is sealed.</summary>
public enum CreationPlace
{
    /// <summary>On the plain file system, at its future mount point.</summary>
    Native,

    /// <summary>In an empty mount at that path: to the file system, it consists of two files.</summary>
    Mount,
}

/// <summary>Decides where a new environment is created (decision 8).</summary>
public static class CreationPlaces
{
    /// <summary>
    /// On the plain file system if that is local and also holds conda's packages, so that conda can link instead of copying. Otherwise in a mount,
    /// which stores tens of thousands of small files as two large ones and so spares the file system and its quota.
    /// </summary>
    /// <param name="mountRoot">The folder below which environments are mounted.</param>
    /// <param name="packageCache">conda's package cache.</param>
    public static CreationPlace Choose(string mountRoot, string packageCache) =>
        FileSystems.IsLocal(mountRoot) && FileSystems.AreOne(mountRoot, packageCache) ? CreationPlace.Native : CreationPlace.Mount;
}

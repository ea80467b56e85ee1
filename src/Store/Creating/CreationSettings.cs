using CondaFuse.Platform;

namespace CondaFuse.Store.Creating;

/// <summary>
/// Settings of conda that a creation overrides, whatever <c>.condarc</c> says: symlinks into the package cache would be all that the archive holds,
/// and would break when the cache is cleaned.
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
                // Links from conda's packages into the mount would fail one by one.
                settings[$"{program}_ALWAYS_COPY"] = "true";
            }
        }

        return settings;
    }
}

/// <summary>conda's arguments of a creation: none of them may choose the place, since that is where the environment is mounted.</summary>
public static class CreationArguments
{
    /// <summary>conda takes an option by any beginning that means no other one: <c>--pre</c>, <c>--nam</c>.</summary>
    private static readonly (string Option, int ShortestBeginning)[] LongOptions = [("--prefix", "--pr".Length), ("--name", "--na".Length)];

    /// <summary>Options of one letter without a value, behind which more letters may follow: <c>-yp DIR</c>.</summary>
    private const string Flags = "yqdvkChSO";

    /// <summary>The first option that names a place, as it was given; null if there is none.</summary>
    public static string? FindPlace(IEnumerable<string> arguments) =>
        arguments.TakeWhile(argument => argument != "--")
            .FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal) ? IsLong(argument.Split('=')[0]) : IsShort(argument));

    private static bool IsLong(string word) =>
        Array.Exists(LongOptions, known => word.Length >= known.ShortestBeginning && known.Option.StartsWith(word, StringComparison.Ordinal));

    private static bool IsShort(string argument) =>
        argument.StartsWith('-') && argument.AsSpan(1).TrimStart(Flags) is { Length: > 0 } rest && rest[0] is 'p' or 'n';
}

/// <summary>Where conda makes a new environment before it is sealed.</summary>
public enum CreationPlace
{
    /// <summary>On the plain file system, at the path where it will be mounted.</summary>
    Native,

    /// <summary>In an empty mount at that path: its files are two files of the file system.</summary>
    Mount,
}

/// <summary>Decides where a new environment is made (decision 8).</summary>
public static class CreationPlaces
{
    /// <summary>
    /// On the plain file system where that is this machine's own and holds conda's packages too, so that conda can link instead of copying; else in a
    /// mount, where tens of thousands of small files are two large ones to the file system and its quota.
    /// </summary>
    /// <param name="mountRoot">Below which environments are mounted.</param>
    /// <param name="packageCache">Where conda keeps its packages.</param>
    public static CreationPlace Choose(string mountRoot, string packageCache) =>
        FileSystems.IsLocal(mountRoot) && FileSystems.AreOne(mountRoot, packageCache) ? CreationPlace.Native : CreationPlace.Mount;
}

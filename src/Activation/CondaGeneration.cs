using System.Globalization;

namespace CondaFuse.Activation;

/// <summary>
/// Behaviour that depends on the installed version of conda. Version numbers are from conda's public history. An unknown version counts as the
/// newest, except that variables for starting conda are left alone.
/// </summary>
/// <param name="Version">Year and month, as in 24.11; null if unknown.</param>
public sealed record CondaGeneration((int Year, int Month)? Version)
{
    private const string RecordPrefix = "conda-";

    /// <summary>The version is unknown.</summary>
    public static CondaGeneration Unknown { get; } = new(Version: null);

    /// <summary>Reactivation sets the environment's variables again, with their names as written (until 24.7).</summary>
    internal bool ReactivatesVariables => IsBefore(24, 9);

    /// <summary>A saved value is restored even if it is empty (until 24.4).</summary>
    internal bool RestoresEmptyValues => IsBefore(24, 5);

    /// <summary><c>envvars_force_uppercase</c> exists; before it, names were always written in capitals (until 24.6).</summary>
    internal bool HasUppercaseSetting => !IsBefore(24, 7);

    /// <summary><c>_CE_M</c> and <c>_CE_CONDA</c> are removed (since 25.3), or empty before; null: left alone.</summary>
    internal bool? RemovesStartWords => Version is null ? null : !IsBefore(25, 3);

    /// <summary>Deactivation removes variables by their name in capitals (since 25.7), and by the name as written before.</summary>
    internal bool UnsetsInUppercase => !IsBefore(25, 7);

    /// <summary>Finds the version in the records of the base environment, without starting conda.</summary>
    /// <param name="root">The base environment; null if there is none.</param>
    public static CondaGeneration Find(string? root)
    {
        if (root is null)
        {
            return Unknown;
        }

        try
        {
            return Directory.EnumerateFiles(Path.Combine(root, "conda-meta"), $"{RecordPrefix}*.json")
                .Select(path => Parse(Path.GetFileName(path)[RecordPrefix.Length..]))
                .FirstOrDefault(generation => generation.Version is not null) ?? Unknown;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Unknown;
        }
    }

    /// <summary>Parses the beginning of a text as a version; <see cref="Unknown"/> if there is none.</summary>
    internal static CondaGeneration Parse(string text) =>
        text.Split('.', '-') is [var year, var month, ..] && Number(year) is { } y && Number(month) is { } m ? new((y, m)) : Unknown;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private bool IsBefore(int year, int month) => Version is { } version && version.CompareTo((year, month)) < 0;
}

/// <summary>The conda whose activation is reproduced.</summary>
/// <param name="Root">Its base environment; null if unknown.</param>
/// <param name="Generation">Its version.</param>
/// <param name="Settings">Its settings.</param>
public sealed record InstalledConda(string? Root, CondaGeneration Generation, ActivationSettings Settings)
{
    /// <summary>The directory of condafuse's mount points: an environment in one is shown by the name of the mount point. Null if unknown.</summary>
    public string? MountRoot { get; init; }
}

/// <summary>A setting or an argument that only conda itself understands; the message names it.</summary>
public sealed class CondaNeededException(string message) : Exception(message);

/// <summary>The settings of conda that activation depends on. The defaults are conda's.</summary>
public sealed record ActivationSettings
{
    /// <summary><c>changeps1</c>: whether the prompt shows the active environment.</summary>
    public bool ChangesPrompt { get; init; } = true;

    /// <summary><c>env_prompt</c>: what the prompt shows.</summary>
    public string Prompt { get; init; } = "({default_env}) ";

    /// <summary><c>auto_stack</c>: the highest level from which activation stacks automatically; 0 for never.</summary>
    public int AutoStack { get; init; }

    /// <summary><c>envvars_force_uppercase</c>: whether names of an environment's own variables are written in capitals.</summary>
    public bool ForcesUppercase { get; init; } = true;
}

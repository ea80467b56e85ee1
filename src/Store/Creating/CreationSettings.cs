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

using System.Globalization;

namespace CondaFuse.Activation.Condarc;

/// <summary>
/// Reads conda's settings as conda does: every condarc file, then <c>CONDA_*</c> variables. The last value wins, or the first that is final.
/// </summary>
public static class CondarcSettings
{
    private const string ImportantMark = "!important";

    private static readonly string[] Keys = ["changeps1", "env_prompt", "auto_stack", "envvars_force_uppercase"];

    private static readonly string[] TrueWords = ["true", "yes", "on", "y"];

    private static readonly string[] FalseWords = ["false", "off", "n", "no", "non", "none", ""];

    /// <summary>Reads the settings that activation depends on.</summary>
    /// <param name="variables">The environment.</param>
    /// <param name="home">The user's home directory.</param>
    /// <param name="root">The base environment; null if unknown.</param>
    /// <exception cref="CondaNeededException">A setting has a form that only conda can interpret.</exception>
    public static ActivationSettings Read(IReadOnlyDictionary<string, string> variables, string home, string? root)
    {
        List<IReadOnlyDictionary<string, CondarcValue>> sources =
            [.. new CondarcFiles(variables, home, root).Existing().Select(Parse), FromVariables(variables)];
        CondarcValue? Merged(string key)
        {
            var values = sources.Select(source => source.GetValueOrDefault(key)).OfType<CondarcValue>().ToList();
            return values.Find(value => value.IsFinal) ?? values.LastOrDefault();
        }

        var defaults = new ActivationSettings();
        return new ActivationSettings
        {
            ChangesPrompt = Merged("changeps1") is { } changes ? Truth("changeps1", changes) : defaults.ChangesPrompt,
            Prompt = Merged("env_prompt") is { } prompt ? Text(prompt) : defaults.Prompt,
            AutoStack = Merged("auto_stack") is { } stack ? Number("auto_stack", stack) : defaults.AutoStack,
            ForcesUppercase = Merged("envvars_force_uppercase") is { } upper ? Truth("envvars_force_uppercase", upper) : defaults.ForcesUppercase,
        };
    }

    /// <summary>The folders in which conda, mamba and micromamba look for an environment by its name.</summary>
    /// <param name="variables">The environment.</param>
    /// <param name="home">The user's home directory.</param>
    /// <param name="root">The base environment; null if unknown.</param>
    public static IReadOnlyList<string> EnvironmentFolders(IReadOnlyDictionary<string, string> variables, string home, string? root)
    {
        string?[] roots = [root, variables.GetValueOrDefault("MAMBA_ROOT_PREFIX")];
        string[] names = ["CONDA_ENVS_DIRS", "CONDA_ENVS_PATH"];
        return
        [
            .. names.SelectMany(name => (variables.GetValueOrDefault(name) ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries))
                .Concat(new CondarcFiles(variables, home, root).Existing().SelectMany(CondarcList.EnvironmentFolders))
                .Select(folder => CondarcList.Expand(folder, variables, home)),
            .. roots.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => $"{folder}/envs"),
            $"{home}/.conda/envs",
        ];
    }

    private static IReadOnlyDictionary<string, CondarcValue> Parse(string path)
    {
        try
        {
            return new CondarcText(path, Keys).Parse(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CondaNeededException($"{path} cannot be read");
        }
    }

    private static Dictionary<string, CondarcValue> FromVariables(IReadOnlyDictionary<string, string> variables)
    {
        var values = new Dictionary<string, CondarcValue>(StringComparer.Ordinal);
        foreach (var key in Keys)
        {
            if (variables.TryGetValue($"CONDA_{key.ToUpperInvariant()}", out var text))
            {
                var parts = text.Split(ImportantMark);
                values.Add(key, new CondarcValue(parts[0].Trim(), IsPlain: false, IsFinal: parts.Length > 1));
            }
        }

        return values;
    }

    private static bool Truth(string key, CondarcValue value)
    {
        var word = value.Text.Trim().ToLowerInvariant();
        if (TrueWords.Contains(word, StringComparer.Ordinal) || (word.Length > 0 && word.All(char.IsAsciiDigit) && word.Any(digit => digit != '0')))
        {
            return true;
        }

        return FalseWords.Contains(word, StringComparer.Ordinal) || word.All(digit => digit == '0') ? false : throw NotUnderstood(key, value);
    }

    private static int Number(string key, CondarcValue value) =>
        int.TryParse(value.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw NotUnderstood(key, value);

    /// <summary>An unquoted text must be a string in YAML as well, not a number, boolean or null.</summary>
    private static string Text(CondarcValue value) =>
        !value.IsPlain || value.Text.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '+' or '-' or '~' or ':' or '_'))
            ? value.Text
            : throw NotUnderstood("env_prompt", value);

    private static CondaNeededException NotUnderstood(string key, CondarcValue value) => new($"{key} is '{value.Text}'");
}

/// <summary>A setting's value from one source.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsPlain">Whether it is unquoted, and so may be a number, boolean or null.</param>
/// <param name="IsFinal">Whether later sources cannot change it (<c>#!final</c>).</param>
internal sealed record CondarcValue(string Text, bool IsPlain, bool IsFinal);

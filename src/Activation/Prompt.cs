using System.Text;

namespace CondaFuse.Activation;

/// <summary>How the active environments are shown: names, CONDA_PROMPT_MODIFIER and the prompt.</summary>
/// <param name="shell">The shell before the change.</param>
/// <param name="settings">conda's settings.</param>
/// <param name="root">The base environment; null if unknown.</param>
/// <param name="mountRoot">The directory of condafuse's mount points; null if unknown.</param>
internal sealed class Prompt(ShellState shell, ActivationSettings settings, string? root, string? mountRoot)
{
    private const string Powerline = "POWERLINE_COMMAND";

    /// <summary>
    /// The name of an environment, as in conda: <c>base</c>, a directory below one called <c>envs</c>, or else the whole path. Mounted environments
    /// at <c>…/NAME/NAME</c> and <c>…/NAME@GENERATION/NAME</c> are shown as NAME, also if the second part is another: that of a renamed environment.
    /// </summary>
    public string NameOf(string prefix)
    {
        var (name, parent) = (PathText.BaseName(prefix), PathText.BaseName(PathText.Parent(prefix)));
        return root is not null && PathText.Normalize(root) == PathText.Normalize(prefix) ? "base"
            : parent == "envs" || (name.Length > 0 && (parent == name || parent.StartsWith($"{name}@", StringComparison.Ordinal))) ? name
            : mountRoot is not null && PathText.Parent(PathText.Parent(prefix)) == PathText.Normalize(mountRoot) ? parent.Split('@')[0]
            : prefix;
    }

    /// <summary>The modifier after an activation.</summary>
    public string ForActivation(string prefix, string name, bool stacked)
    {
        var (_, shown) = Levels();
        if (!stacked)
        {
            DropLast(shown);
        }

        shown.Add(name);
        return Modifier(prefix, name, shown);
    }

    /// <summary>The modifier after a reactivation.</summary>
    public string ForReactivation(string prefix, string name) => Modifier(prefix, name, Levels().Shown);

    /// <summary>The modifier after deactivating the top environment in favour of the one below.</summary>
    public string ForDeactivation(string prefix, string name)
    {
        var (all, shown) = Levels();
        DropLast(all);
        DropLast(shown);
        if (!shell.IsStacked(shell.Level) && all.Count > 0)
        {
            shown.Add(all[^1]);
        }

        return Modifier(prefix, name, shown);
    }

    /// <summary>The prompt with another modifier; null to leave it alone.</summary>
    /// <param name="current">The current prompt.</param>
    /// <param name="modifier">The new modifier.</param>
    public string? Changed(string current, string modifier)
    {
        if (!settings.ChangesPrompt || current.Contains(Powerline, StringComparison.Ordinal))
        {
            return null;
        }

        var old = shell.Value("CONDA_PROMPT_MODIFIER");
        return modifier + (string.IsNullOrEmpty(old) ? current : current.Replace(old, string.Empty, StringComparison.Ordinal));
    }

    private (List<string> All, List<string> Shown) Levels()
    {
        var (all, shown) = (new List<string>(), new List<string>());
        for (var level = 1; level <= shell.Level; level++)
        {
            var name = NameOf(shell.PrefixAt(level) ?? string.Empty);
            all.Add(name);
            if (!shell.IsStacked(level))
            {
                DropLast(shown);
            }

            shown.Add(name);
        }

        return (all, shown);
    }

    private string Modifier(string prefix, string name, IEnumerable<string> shown) =>
        settings.ChangesPrompt
            ? PromptFormat.Fill(settings.Prompt, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["default_env"] = Inert(name),
                ["stacked_env"] = Inert(string.Join(',', shown.Reverse())),
                ["prefix"] = Inert(prefix),
                ["name"] = Inert(PathText.BaseName(prefix)),
            })
            : string.Empty;

    /// <summary>Shells expand a prompt, and a name may come from an archive of others: what they would expand is shown as a question mark.</summary>
    private static string Inert(string text) =>
        string.Concat(text.Select(letter => "$`\\!%".Contains(letter, StringComparison.Ordinal) ? '?' : letter));

    private static void DropLast(List<string> names)
    {
        if (names.Count > 0)
        {
            names.RemoveAt(names.Count - 1);
        }
    }
}

/// <summary>conda's <c>env_prompt</c>: text with fields in braces; a doubled brace stands for one.</summary>
internal static class PromptFormat
{
    /// <exception cref="CondaNeededException">The format uses more than plain fields of known names.</exception>
    public static string Fill(string format, IReadOnlyDictionary<string, string> fields)
    {
        var text = new StringBuilder();
        for (var index = 0; index < format.Length; index++)
        {
            var letter = format[index];
            if (letter is not ('{' or '}'))
            {
                text.Append(letter);
            }
            else if (index + 1 < format.Length && format[index + 1] == letter)
            {
                text.Append(letter);
                index++;
            }
            else
            {
                var end = format.IndexOf('}', index);
                if (letter == '}' || end < 0 || !fields.TryGetValue(format[(index + 1)..end], out var value))
                {
                    throw new CondaNeededException($"env_prompt is '{format}'");
                }

                text.Append(value);
                index = end;
            }
        }

        return text.ToString();
    }
}

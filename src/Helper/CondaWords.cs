namespace CondaFuse.Helper;

/// <summary>The words of a conda command that may name an environment of condafuse.</summary>
internal static class CondaWords
{
    private const string Activate = "activate";
    private const string Name = "--name";
    private const string ShortName = "-n";
    private const string End = "--";

    /// <summary>Commands whose <c>-n</c> names an existing environment. <c>create</c> and <c>rename</c> are not among them.</summary>
    private static readonly string[] Commands =
        ["install", "update", "upgrade", "remove", "uninstall", "list", "run", "compare", "export", "shell"];

    private static readonly string[] CommandsOfEnv = ["update", "export", "config", "remove"];

    /// <summary>Options of <c>run</c> that take the next word as their value.</summary>
    private static readonly string[] WithValue = ["--cwd", "-p", "--prefix"];

    /// <summary>The words with a prefix in place of each name.</summary>
    /// <param name="words">The function to call, and conda's command line.</param>
    /// <param name="prefixOf">The prefix of an environment of condafuse; null for any other name.</param>
    /// <param name="isOurs">Whether a name means an environment of condafuse.</param>
    public static IReadOnlyList<string> Replace(IReadOnlyList<string> words, Func<string, string> prefixOf, Predicate<string> isOurs)
    {
        var at = Positional(words, 1);
        if (at < words.Count && words[at] == Activate)
        {
            var name = Positional(words, at + 1);
            return name < words.Count && isOurs(words[name]) ? ["conda-fuse-activate", .. words.Skip(at + 1)] : words;
        }

        var command = at < words.Count ? words[at] : string.Empty;
        if (command == "env" && Positional(words, at + 1) is var next && next < words.Count)
        {
            (at, command) = CommandsOfEnv.Contains(words[next], StringComparer.Ordinal) ? (next, words[next]) : (at, string.Empty);
        }
        else if (!Commands.Contains(command, StringComparer.Ordinal))
        {
            return words;
        }

        return command.Length == 0 ? words : Options(words, at + 1, endsAtCommand: command is "run" or "shell", prefixOf, isOurs);
    }

    private static List<string> Options(
        IReadOnlyList<string> words, int from, bool endsAtCommand, Func<string, string> prefixOf, Predicate<string> isOurs)
    {
        List<string> replaced = [.. words.Take(from)];
        for (var index = from; index < words.Count; index++)
        {
            var word = words[index];
            if (word == End || (endsAtCommand && !word.StartsWith('-')))
            {
                replaced.AddRange(words.Skip(index));
                break;
            }

            var (name, isNext) = word is Name or ShortName ? (index + 1 < words.Count ? words[index + 1] : null, true)
                : word.StartsWith($"{Name}=", StringComparison.Ordinal) ? (word[(Name.Length + 1)..], false)
                : word.StartsWith(ShortName, StringComparison.Ordinal) ? (word[ShortName.Length..].TrimStart('='), false)
                : (null, false);
            if (name is not null && isOurs(name))
            {
                replaced.AddRange(["-p", prefixOf(name)]);
                index += isNext ? 1 : 0;
            }
            else
            {
                replaced.Add(word);
                if ((isNext || WithValue.Contains(word, StringComparer.Ordinal)) && index + 1 < words.Count)
                {
                    replaced.Add(words[++index]);
                }
            }
        }

        return replaced;
    }

    /// <summary>The index of the first word that is not an option.</summary>
    private static int Positional(IReadOnlyList<string> words, int from)
    {
        while (from < words.Count && words[from].StartsWith('-'))
        {
            from++;
        }

        return from;
    }
}

using CondaFuse.Helper.Output;

namespace CondaFuse.Helper;

/// <summary>
/// Splits the command line: into our own part, which is parsed, and the part that <c>create</c> and <c>run</c> pass on unchanged. Our options are
/// recognised before and after the name, up to <c>--</c>.
/// </summary>
/// <param name="Own">The command, its options and the environment's name.</param>
/// <param name="Rest">Everything else.</param>
internal sealed record PassThrough(IReadOnlyList<string> Own, IReadOnlyList<string> Rest)
{
    private const string End = "--";

    private static readonly Terms[] Known =
    [
        new("create", ["--resume", "--drop", "--json"], ["--format", "--file", "-f", "--environment", "--category", "--try", ColorOption.Name],
            ["-y", "--yes", "-q", "--quiet", "-yq", "-qy"], ["-n", "--name"]),
        new("run", ["--read-only", "--json", "--help", "-h"], [ColorOption.Name], [], []),
    ];

    /// <summary>Splits the command line.</summary>
    public static PassThrough Split(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || Array.Find(Known, terms => terms.Command == arguments[0]) is not { } terms)
        {
            return new PassThrough(arguments, []);
        }

        List<string> before = [arguments[0]];
        List<string> name = [];
        List<string> behind = [];
        List<string> rest = [];
        var words = new Queue<string>(arguments.Skip(1));
        while (name.Count == 0 && words.TryDequeue(out var word))
        {
            if (!word.StartsWith('-'))
            {
                name.Add(word);
            }
            else if (word == End)
            {
                name.Add(word);
                Take(words, name);
            }
            else if (terms.ForName.Contains(word))
            {
                Take(words, name);
            }
            else if (Array.Find(terms.ForName, option => word.StartsWith($"{option}=", StringComparison.Ordinal)) is { } option)
            {
                name.Add(word[(option.Length + 1)..]);
            }
            else if (terms.HandedOn.Contains(word))
            {
                rest.Add(word);
            }
            else
            {
                TakeOption(terms, word, words, before);
            }
        }

        if (terms.Command == "run")
        {
            while (words.TryPeek(out var word) && terms.Flags.Contains(word))
            {
                behind.Add(words.Dequeue());
            }

            rest.AddRange(words);
        }
        else
        {
            while (words.TryDequeue(out var word) && word != End)
            {
                TakeOption(terms, word, words, terms.Owns(word) ? behind : rest);
            }

            rest.AddRange(words);
        }

        // After "--", an option would be taken for a name.
        return new PassThrough(name is [End, ..] ? [.. before, .. behind, .. name] : [.. before, .. name, .. behind], rest);
    }

    private static void TakeOption(Terms terms, string word, Queue<string> from, List<string> to)
    {
        to.Add(word);
        if (terms.WithValue.Contains(word))
        {
            Take(from, to);
        }
    }

    private static void Take(Queue<string> from, List<string> to)
    {
        if (from.TryDequeue(out var word))
        {
            to.Add(word);
        }
    }

    /// <summary>Options of a command that passes words on.</summary>
    /// <param name="Command">The command.</param>
    /// <param name="Flags">Our options without a value.</param>
    /// <param name="WithValue">Our options with a value, either as the next word or after <c>=</c>.</param>
    /// <param name="HandedOn">conda's options that are passed on even before the name, because users write them there.</param>
    /// <param name="ForName">conda's options that may replace the name, if there is no name before them.</param>
    private sealed record Terms(string Command, string[] Flags, string[] WithValue, string[] HandedOn, string[] ForName)
    {
        public bool Owns(string word) =>
            Flags.Contains(word) || WithValue.Contains(word)
                || Array.Exists(WithValue, option => word.StartsWith($"{option}=", StringComparison.Ordinal));
    }
}

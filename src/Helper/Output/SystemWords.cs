namespace CondaFuse.Helper.Output;

/// <summary>The runtime's own sentences about files, in words that say the same of any program.</summary>
internal static class SystemWords
{
    /// <summary>What stands before and behind a quoted path, and what is said of it.</summary>
    private static readonly (string Before, string After, string Words)[] Sentences =
    [
        ("Access to the path '", "' is denied.", ": permission denied"),
        ("Could not find file '", "'.", " does not exist"),
        ("Could not find a part of the path '", "'.", " does not exist"),
        ("The file '", "' already exists.", " exists already"),
        ("The process cannot access the file '", "' because it is being used by another process.", " is in use"),
    ];

    /// <summary>Replaces them wherever they stand in a message.</summary>
    public static string Plain(string text)
    {
        foreach (var (before, after, words) in Sentences)
        {
            var start = 0;
            while ((start = text.IndexOf(before, start, StringComparison.Ordinal)) >= 0)
            {
                var end = text.IndexOf(after, start + before.Length, StringComparison.Ordinal);
                if (end < 0)
                {
                    break;
                }

                var path = text[(start + before.Length)..end];
                text = $"{text[..start]}{path}{words}{text[(end + after.Length)..]}";
                start += path.Length + words.Length;
            }
        }

        return text;
    }
}

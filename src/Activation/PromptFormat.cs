using System.Text;

namespace CondaFuse.Activation;

/// <summary>conda's <c>env_prompt</c>: text with fields in braces; a doubled brace is a brace.</summary>
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

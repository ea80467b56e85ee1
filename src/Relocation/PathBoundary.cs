using System.Buffers;

namespace CondaFuse.Relocation;

/// <summary>
/// Checks whether a match in a text is a whole path or the beginning of one, rather than the middle of a longer path: <c>/mnt/data/x</c> contains
/// <c>/data/x</c> but names something else.
/// </summary>
internal static class PathBoundary
{
    /// <summary>How many bytes before a match are examined.</summary>
    private const int LongestWord = 4096;

    /// <summary>Bytes that may precede a path in a text: separators of words, lists and values.</summary>
    private static readonly SearchValues<byte> _separators = SearchValues.Create(" \t\n\r\v\f\0\"'`=:;,|&!#<>([{^"u8);

    /// <summary>Whether a match is a whole path, or consists of whole names at the beginning of one.</summary>
    /// <param name="data">The text.</param>
    /// <param name="offset">Start of the match.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="form">The form in which it is written.</param>
    public static bool IsWhole(ReadOnlySpan<byte> data, int offset, int length, PrefixForm form) =>
        EndsName(data[(offset + length)..], form)
        && (form == PrefixForm.FileUrl ? data[..offset].EndsWith("file://"u8) : BeginsPath(data[..offset]));

    /// <summary>Whether a name ends before these bytes: <c>/envs/a</c> is not in <c>/envs/a2</c> or <c>/envs/a.old</c>.</summary>
    private static bool EndsName(ReadOnlySpan<byte> rest, PrefixForm form)
    {
        if (rest.IsEmpty)
        {
            return true;
        }

        // A dot ends a sentence, or continues the name.
        var next = rest[0] == (byte)'.' && rest.Length > 1 ? rest[1] : rest[0];
        return form switch
        {
            PrefixForm.FileUrl when next == (byte)'%' => false,
            PrefixForm.Json or PrefixForm.JsonAscii when rest.StartsWith("\\u"u8) => false,
            _ => !IsOfName(next),
        };
    }

    private static bool IsOfName(byte unit) =>
        char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'_' or (byte)'-' or (byte)'+' or (byte)'@' or (byte)'~' or >= 0x80;

    /// <summary>Whether a path may start after these bytes: at the start of a word, after an option (<c>-I</c>), or after an escape.</summary>
    private static bool BeginsPath(ReadOnlySpan<byte> before)
    {
        var near = before[Math.Max(0, before.Length - LongestWord)..];
        var start = near.LastIndexOfAny(_separators) + 1;
        var word = near[start..];
        if (word.IsEmpty || word is [(byte)'@'] or [(byte)'$'] || IsOption(word) || EndsWithEscape(word))
        {
            return true;
        }

        // Slashes alone are empty names. One or two of them after a colon belong to a URL, whose path is searched in its own form.
        var isUrl = word.Length <= 2 && start > 0 && near[start - 1] == (byte)':';
        return !word.ContainsAnyExcept((byte)'/') && !isUrl;
    }

    private static bool IsOption(ReadOnlySpan<byte> word) =>
        word[0] == (byte)'-' && !word.Contains((byte)'/') && word[^1] is not ((byte)'.' or (byte)'}' or (byte)')');

    /// <summary>Whether a word ends with an escaped newline or tab, as in strings of many languages.</summary>
    private static bool EndsWithEscape(ReadOnlySpan<byte> word) => word.Length > 1 && word[^2] == (byte)'\\' && word[^1] is (byte)'n' or (byte)'t';
}

using System.Globalization;
using System.Text;

namespace CondaFuse.Tree;

/// <summary>Converts text from elsewhere (names, messages, other people's data) into a form that a terminal shows unchanged on one line.</summary>
/// <remarks>
/// Escaped are control characters (C0, DEL, C1, so newlines and tabs too), line and paragraph separators, formatting characters, which reorder or
/// hide adjacent text (such as bidirectional controls), and invalid UTF-8 or UTF-16. Joiners stay: scripts and emoji need them. A backslash stays as
/// well, so that paths look as written; the result is therefore only for reading, never for parsing.
/// </remarks>
public static class PrintableText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int Space = 0x20;
    private const int Delete = 0x7F;

    /// <summary>Whether <see cref="Of(string)"/> would change nothing.</summary>
    public static bool IsPrintable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsPlain(text) || ReferenceEquals(Of(text), text);
    }

    /// <summary>
    /// The text, with escapes (<c>\n</c>, <c>\x1b</c>, <c>\u202e</c>) for everything that a terminal would not show; the same instance if there is
    /// nothing to escape.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsPlain(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var changed = false;
        for (var at = 0; at < text.Length;)
        {
            if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                changed |= !Append(result, rune);
                at += rune.Utf16SequenceLength;
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}");
                changed = true;
                at++;
            }
        }

        return changed ? result.ToString() : text;
    }

    /// <summary>The same for the bytes of names; invalid UTF-8 becomes <c>\xff</c>.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        var result = new StringBuilder(utf8.Length);
        while (!utf8.IsEmpty)
        {
            var isValid = Rune.DecodeFromUtf8(utf8, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isValid)
            {
                Append(result, rune);
            }
            else
            {
                foreach (var value in utf8[..length])
                {
                    result.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                }
            }

            utf8 = utf8[length..];
        }

        return result.ToString();
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange((char)Space, (char)(Delete - 1));

    /// <returns>Whether it was appended unchanged.</returns>
    private static bool Append(StringBuilder result, Rune rune)
    {
        if (IsShown(rune))
        {
            Span<char> characters = stackalloc char[2];
            result.Append(characters[..rune.EncodeToUtf16(characters)]);
            return true;
        }

        _ = rune.Value switch
        {
            '\n' => result.Append("\\n"),
            '\r' => result.Append("\\r"),
            '\t' => result.Append("\\t"),
            <= byte.MaxValue => result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            <= char.MaxValue => result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
            _ => result.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
        };
        return false;
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Format => rune.Value is ZeroWidthJoiner or ZeroWidthNonJoiner,
        _ => true,
    };
}

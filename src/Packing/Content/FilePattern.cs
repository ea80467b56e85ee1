using System.Text;

namespace CondaFuse.Packing.Content;

/// <summary>
/// A shell-like pattern like those of Python's <c>fnmatch</c>: <c>*</c> matches any text, including slashes; <c>?</c> one character; <c>[a-z]</c>
/// one of these; <c>[!a-z]</c> any other one. An unclosed bracket matches itself.
/// </summary>
internal sealed class FilePattern
{
    private readonly Rune[] _pattern;

    public FilePattern(string pattern) => _pattern = [.. pattern.EnumerateRunes()];

    public bool Matches(string path)
    {
        Rune[] text = [.. path.EnumerateRunes()];
        var (at, of) = (0, 0);
        var (afterStar, retry) = (-1, 0);
        while (at < text.Length)
        {
            if (of < _pattern.Length && _pattern[of].Value == '*')
            {
                (afterStar, retry) = (++of, at);
            }
            else if (of < _pattern.Length && MatchesOne(text[at], of, out var next))
            {
                at++;
                of = next;
            }
            else if (afterStar >= 0)
            {
                (of, at) = (afterStar, ++retry);
            }
            else
            {
                return false;
            }
        }

        return _pattern.AsSpan(of).IndexOfAnyExcept(new Rune('*')) < 0;
    }

    /// <summary>Whether a character matches the element at a position, and the position of the next element.</summary>
    private bool MatchesOne(Rune letter, int of, out int next)
    {
        next = of + 1;
        switch (_pattern[of].Value)
        {
            case '?':
                return true;
            case '[' when Close(of) is var close and > 0:
                next = close + 1;
                var negated = _pattern[of + 1].Value == '!';
                return Contains(letter, of + (negated ? 2 : 1), close) != negated;
            default:
                return _pattern[of] == letter;
        }
    }

    /// <summary>The position of the closing bracket; a <c>]</c> directly after the opening one is literal. 0 if there is none.</summary>
    private int Close(int open)
    {
        var first = open + 1;
        first += first < _pattern.Length && _pattern[first].Value == '!' ? 1 : 0;
        for (var at = first + 1; at < _pattern.Length; at++)
        {
            if (_pattern[at].Value == ']')
            {
                return at;
            }
        }

        return 0;
    }

    private bool Contains(Rune letter, int from, int close)
    {
        for (var at = from; at < close; at++)
        {
            if (at + 2 < close && _pattern[at + 1].Value == '-')
            {
                if (letter >= _pattern[at] && letter <= _pattern[at + 2])
                {
                    return true;
                }

                at += 2;
            }
            else if (letter == _pattern[at])
            {
                return true;
            }
        }

        return false;
    }
}

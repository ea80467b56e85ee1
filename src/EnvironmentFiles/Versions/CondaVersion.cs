using System.Globalization;

namespace CondaFuse.EnvironmentFiles.Versions;

/// <summary>
/// A version with conda's ordering (<c>conda.models.version.VersionOrder</c>): <c>1.0dev1 &lt; 1.0a &lt; 1.0 &lt; 1.0post1 &lt; 1.1</c>.
/// </summary>
internal sealed class CondaVersion
{
    private readonly int _epoch;
    private readonly IReadOnlyList<IReadOnlyList<Part>> _components;
    private readonly IReadOnlyList<IReadOnlyList<Part>> _local;

    private CondaVersion(int epoch, string release, string local)
    {
        (_epoch, _components, _local) = (epoch, Components(release), Components(local));
    }

    /// <summary>Parses a version; null if it is invalid.</summary>
    public static CondaVersion? TryParse(string text)
    {
        var version = text.Trim().ToLowerInvariant();
        if (version.Length == 0
            || version.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-' or '+' or '!' or '*')))
        {
            return null;
        }

        var number = 0;
        if (version.Split('!') is [var before, var behind])
        {
            if (!int.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return null;
            }

            version = behind;
        }

        return version.Split('+') switch
        {
            [{ Length: > 0 } release] => new CondaVersion(number, release, string.Empty),
            [{ Length: > 0 } release, { Length: > 0 } own] => new CondaVersion(number, release, own),
            _ => null,
        };
    }

    /// <summary>Below 0 if this version comes before another one, 0 if they are equal, above 0 if it comes after.</summary>
    public int OrderTo(CondaVersion other) =>
        _epoch != other._epoch ? _epoch.CompareTo(other._epoch)
        : Compare(_components, other._components) is not 0 and var order ? order
        : Compare(_local, other._local);

    /// <summary>Whether this version belongs to a series: <c>2.17.1</c> belongs to <c>2.17</c>.</summary>
    public bool IsBelow(CondaVersion series)
    {
        if (_epoch != series._epoch || _components.Count < series._components.Count)
        {
            return false;
        }

        var last = series._components.Count - 1;
        return Compare([.. _components.Take(last)], [.. series._components.Take(last)]) == 0
            && _components[last].Count >= series._components[last].Count
            && Compare([[.. _components[last].Take(series._components[last].Count)]], [series._components[last]]) == 0;
    }

    private static List<IReadOnlyList<Part>> Components(string text) =>
        text.Length == 0 ? [] : [.. text.Replace('-', '_').Split('.', '_').Select(Parts)];

    private static List<Part> Parts(string component)
    {
        var parts = new List<Part>();
        for (var start = 0; start < component.Length;)
        {
            var isNumber = char.IsAsciiDigit(component[start]);
            var end = start + 1;
            while (end < component.Length && char.IsAsciiDigit(component[end]) == isNumber)
            {
                end++;
            }

            parts.Add(Part.Of(component[start..end], isNumber));
            start = end;
        }

        // Aligns numbers and words: 1.a equals 1.0a.
        return parts is [{ Word: not null }, ..] || parts.Count == 0 ? [Part.Zero, .. parts] : parts;
    }

    private static int Compare(IReadOnlyList<IReadOnlyList<Part>> left, IReadOnlyList<IReadOnlyList<Part>> right)
    {
        for (var component = 0; component < Math.Max(left.Count, right.Count); component++)
        {
            var (mine, others) = (At(left, component, [Part.Zero]), At(right, component, [Part.Zero]));
            for (var part = 0; part < Math.Max(mine.Count, others.Count); part++)
            {
                if (At(mine, part, Part.Zero).OrderTo(At(others, part, Part.Zero)) is not 0 and var order)
                {
                    return order;
                }
            }
        }

        return 0;
    }

    private static T At<T>(IReadOnlyList<T> list, int index, T missing) => index < list.Count ? list[index] : missing;

    /// <summary>A number, or a word, which comes before every number, except for <c>post</c>, which comes after.</summary>
    private sealed record Part(string? Word, System.Numerics.BigInteger Number)
    {
        public static Part Zero { get; } = new(null, System.Numerics.BigInteger.Zero);

        private bool IsPost => Word == "post";

        public static Part Of(string text, bool isNumber) => isNumber
            ? new(null, System.Numerics.BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture))
            : new(text == "dev" ? "DEV" : text, System.Numerics.BigInteger.Zero);

        public int OrderTo(Part other) => (Word, other.Word) switch
        {
            _ when IsPost || other.IsPost => IsPost.CompareTo(other.IsPost),
            (null, null) => Number.CompareTo(other.Number),
            (null, _) => 1,
            (_, null) => -1,
            var (mine, others) => string.CompareOrdinal(mine, others),
        };
    }
}

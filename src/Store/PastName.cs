using System.Globalization;

namespace CondaFuse.Store;

/// <summary>The name of an earlier generation of an environment, <c>NAME@GENERATION</c>: where it is mounted below the mount root, and how it is mounted again.</summary>
/// <param name="Name">The environment.</param>
/// <param name="Generation">The generation.</param>
public sealed record PastName(EnvironmentName Name, long Generation)
{
    private const char Separator = '@';

    /// <summary>Reads one; null if the text is none. An archive may have such a name too, and counts first.</summary>
    public static PastName? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = text.LastIndexOf(Separator);
        return end > 0
            && EnvironmentName.IsValid(text[..end])
            && long.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                ? new PastName(EnvironmentName.Parse(text[..end]), generation)
                : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{Generation}");
}

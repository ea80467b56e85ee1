using System.Globalization;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>A valid environment name: a valid file name that is safe on a command line.</summary>
public sealed record EnvironmentName
{
    /// <summary>Longest name in bytes, which leaves space for suffixes of files beside the archive.</summary>
    public const int MaxBytes = 200;

    private EnvironmentName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>Checks a name.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.BadName"/>, with the reason.</exception>
    public static EnvironmentName Parse(string text) =>
        Reason(text) is { } reason
            ? throw new StoreException(StoreFault.BadName, $"invalid name '{PrintableText.Of(text)}': {reason}")
            : new EnvironmentName(text);

    /// <summary>
    /// Checks the name of something new. This is stricter: the name must not harm shells or conda, and must be easy to use in prompts and commands.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreFault.BadName"/>, with the reason.</exception>
    public static EnvironmentName ParseNew(string text)
    {
        var name = Parse(text);
        return NewReason(text) is { } reason
            ? throw new StoreException(StoreFault.BadName, $"invalid name '{text}': {reason}")
            : name;
    }

    /// <summary>Whether the name of something new is valid.</summary>
    public static bool IsValidNew(string text) => IsValid(text) && NewReason(text) is null;

    /// <summary>Whether a name is valid.</summary>
    public static bool IsValid(string text) => Reason(text) is null;

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string? Reason(string text) => text switch
    {
        "" => "it is empty",
        _ when text.Contains('/', StringComparison.Ordinal) => "it contains '/'",
        _ when text.StartsWith('-') => "it starts with '-'",
        _ when text.StartsWith('.') => "it starts with '.'",
        _ when !PrintableText.IsPrintable(text) => "it contains a control character or an invisible one",
        _ when text.Contains('\uFFFD', StringComparison.Ordinal) => "it is not valid UTF-8",
        _ when Encoding.UTF8.GetByteCount(text) > MaxBytes => $"it is longer than {MaxBytes} bytes",
        _ => null,
    };

    private static string? NewReason(string text)
    {
        const string acting = "*?[]{}()<>|&;$`\"'\\!#:@";
        return text switch
        {
            "base" or "root" => "conda's own environment has this name",
            _ when char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) => "it begins or ends with a space",
            _ when text[0] == '~' => "it begins with '~'",
            _ when text.IndexOfAny(['=', '<', '>']) >= 0 => "it looks like a package; the first argument is the name of the environment",
            _ when text.IndexOfAny([.. acting]) is var at and >= 0 => $"it contains '{text[at]}', which has a meaning in shells or conda",
            _ => null,
        };
    }
}

/// <summary>
/// The name of an environment's earlier generation, <c>NAME@GENERATION</c>: the name of its mount point below the mount root, and the argument to
/// mount it again.
/// </summary>
/// <param name="Name">The environment.</param>
/// <param name="Generation">The generation.</param>
public sealed record GenerationName(EnvironmentName Name, long Generation)
{
    private const char Separator = '@';

    /// <summary>Parses a name; null if it has another form. An archive may have such a name too, and takes precedence.</summary>
    public static GenerationName? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = text.LastIndexOf(Separator);
        return end > 0
            && EnvironmentName.IsValid(text[..end])
            && long.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                ? new GenerationName(EnvironmentName.Parse(text[..end]), generation)
                : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{Generation}");
}

using System.Text;

namespace CondaFuse.Store;

/// <summary>A checked name of an environment: what a file name may be, and safe to write on a command line.</summary>
public sealed record EnvironmentName
{
    /// <summary>Longest name in bytes: leaves room for what is put behind it beside the archive.</summary>
    public const int MaxBytes = 200;

    private EnvironmentName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <summary>Checks a name.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.BadName"/>, with the reason.</exception>
    public static EnvironmentName Parse(string text) =>
        Reason(text) is { } reason
            ? throw new StoreException(StoreFault.BadName, $"'{Printable(text)}' cannot be the name of an environment: {reason}")
            : new EnvironmentName(text);

    /// <summary>Whether a name would pass.</summary>
    public static bool IsValid(string text) => Reason(text) is null;

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string? Reason(string text) => text switch
    {
        "" => "it is empty",
        _ when text.Contains('/', StringComparison.Ordinal) => "it contains '/'",
        _ when text.StartsWith('-') => "it starts with '-', like an option",
        _ when text.StartsWith('.') => "it starts with '.', like a hidden file",
        _ when text.Any(char.IsControl) => "it contains a control character",
        _ when text.Contains('\uFFFD', StringComparison.Ordinal) => "it is not valid UTF-8",
        _ when Encoding.UTF8.GetByteCount(text) > MaxBytes => $"it is longer than {MaxBytes} bytes",
        _ => null,
    };

    private static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}

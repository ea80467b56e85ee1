using System.Buffers;
using System.Security.Cryptography;

namespace CondaFuse.Registry;

/// <summary>A SHA-256 digest, by which registries name content.</summary>
/// <param name="Hex">64 lower-case hexadecimal digits.</param>
public sealed record Hash(string Hex)
{
    /// <summary>Length in bytes.</summary>
    public const int Bytes = 32;

    private const string Algorithm = "sha256:";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The first digits, for tags.</summary>
    internal string Short => Hex[..8];

    /// <summary>The digest of some bytes.</summary>
    public static Hash Of(ReadOnlySpan<byte> content) => FromBytes(SHA256.HashData(content));

    /// <summary>A digest from its 32 bytes.</summary>
    public static Hash FromBytes(ReadOnlySpan<byte> digest) => new(Convert.ToHexStringLower(digest));

    /// <summary>Parses <c>sha256:…</c>; null if it has another form.</summary>
    public static Hash? TryParse(string? text) =>
        text is not null && text.StartsWith(Algorithm, StringComparison.Ordinal) && text.Length == Algorithm.Length + (2 * Bytes)
            && !text.AsSpan(Algorithm.Length).ContainsAnyExcept(Digits)
                ? new Hash(text[Algorithm.Length..])
                : null;

    /// <summary>The 32 bytes.</summary>
    internal byte[] ToBytes() => Convert.FromHexString(Hex);

    /// <inheritdoc/>
    public override string ToString() => Algorithm + Hex;
}

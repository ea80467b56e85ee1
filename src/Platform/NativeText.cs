using System.Text;

namespace CondaFuse.Platform;

/// <summary>
/// Arguments and variables as strings without loss: bytes that are not UTF-8 become lone surrogates U+DC80 to U+DCFF, as Python's
/// <c>surrogateescape</c> has it, and the same bytes again
/// when they are handed to another program.
/// </summary>
public static class NativeText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';
    private const int EscapeBase = 0xDC00;

    /// <summary>Text of bytes from the system.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> characters = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            var isValid = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isValid)
            {
                text.Append(characters[..rune.EncodeToUtf16(characters)]);
            }
            else
            {
                foreach (var value in bytes[..length])
                {
                    text.Append((char)(EscapeBase + value));
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a text.</summary>
    public static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyInRange(FirstEscape, LastEscape))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new List<byte>(text.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (var at = 0; at < text.Length;)
        {
            if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
                at += rune.Utf16SequenceLength;
            }
            else
            {
                var letter = text[at++];
                bytes.AddRange(letter is >= FirstEscape and <= LastEscape ? [(byte)(letter - EscapeBase)] : Encoding.UTF8.GetBytes("\uFFFD"));
            }
        }

        return [.. bytes];
    }
}

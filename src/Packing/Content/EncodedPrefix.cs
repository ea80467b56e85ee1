using System.Text;
using System.Text.Unicode;

namespace CondaFuse.Packing.Content;

/// <summary>A prefix and what replaces it, as one encoding has them.</summary>
/// <param name="Old">What is replaced.</param>
/// <param name="New">What replaces it.</param>
/// <param name="Width">Bytes of the NUL that ends a string.</param>
internal readonly record struct EncodedPrefix(byte[] Old, byte[] New, int Width)
{
    private static readonly (Encoding Encoding, int Width)[] _wide =
    [
        (new UnicodeEncoding(bigEndian: false, byteOrderMark: false), 2),
        (new UnicodeEncoding(bigEndian: true, byteOrderMark: false), 2),
        (new UTF32Encoding(bigEndian: false, byteOrderMark: false), 4),
        (new UTF32Encoding(bigEndian: true, byteOrderMark: false), 4),
    ];

    /// <summary>
    /// All encodings that conda replaces, in its order (<c>POPULAR_ENCODINGS</c>): UTF-8, UTF-16 and UTF-32. A prefix that is not valid UTF-8 has
    /// no other form.
    /// </summary>
    public static EncodedPrefix[] Forms(ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement)
    {
        var plain = new EncodedPrefix(old.ToArray(), replacement.ToArray(), 1);
        if (!Utf8.IsValid(old) || !Utf8.IsValid(replacement))
        {
            return [plain];
        }

        var (oldText, newText) = (Encoding.UTF8.GetString(old), Encoding.UTF8.GetString(replacement));
        return [plain, .. _wide.Select(wide => new EncodedPrefix(wide.Encoding.GetBytes(oldText), wide.Encoding.GetBytes(newText), wide.Width))];
    }
}

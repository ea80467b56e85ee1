using System.Runtime.InteropServices;
using System.Text;

namespace CondaFuse.Platform;

/// <summary>
/// Converts arguments and variables to strings without loss: bytes that are not UTF-8 become lone surrogates U+DC80 to U+DCFF, like Python's
/// <c>surrogateescape</c>, and become the same bytes when they are passed to another program.
/// </summary>
public static class NativeText
{
    private const char FirstEscape = '\uDC80';
    private const char LastEscape = '\uDCFF';
    private const int EscapeBase = 0xDC00;

    /// <summary>Decodes bytes from the system.</summary>
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

    /// <summary>Encodes a string to bytes.</summary>
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

/// <summary>A name or path for C: NUL-terminated, on the caller's stack.</summary>
internal static unsafe class CName
{
    /// <summary>Copies bytes and a NUL to <paramref name="room"/>, which must be one byte longer.</summary>
    internal static byte* Terminate(ReadOnlySpan<byte> bytes, byte* room)
    {
        bytes.CopyTo(new Span<byte>(room, bytes.Length));
        room[bytes.Length] = 0;
        return room;
    }
}

/// <summary>A NULL-terminated array of C strings, like <c>argv</c> and <c>environ</c>.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private readonly byte** _pointers;
    private readonly int _count;

    internal CStrings(IReadOnlyCollection<string> values)
    {
        _count = values.Count;
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        var index = 0;
        foreach (var value in values)
        {
            _pointers[index++] = Copy(value);
        }
    }

    internal byte** Pointer => _pointers;

    public void Dispose()
    {
        for (var index = 0; index < _count; index++)
        {
            NativeMemory.Free(_pointers[index]);
        }

        NativeMemory.Free(_pointers);
    }

    private static byte* Copy(string value)
    {
        var bytes = NativeText.Encode(value);
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return copy;
    }
}

/// <summary>Memory of this process outside the garbage collector's heap: buffers of codecs and of blocks.</summary>
public static class NativeHeap
{
    /// <summary>Returns freed memory to the kernel, if the C library keeps it and supports this (glibc).</summary>
    public static void Trim()
    {
        try
        {
            _ = Libc.malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: musl returns it on its own.
        }
    }

    /// <summary>
    /// Makes all threads share one heap, because a heap per thread would keep what it once allocated. Must be called before there are threads.
    /// </summary>
    public static void Share()
    {
        try
        {
            _ = Libc.mallopt(Libc.MaxArenas, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: musl has only one.
        }
    }
}

/// <summary>The machine's memory page size.</summary>
public static class MemoryPages
{
    /// <summary>Size of a page in bytes.</summary>
    public static int Size { get; } = Libc.getpagesize();
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using CondaFuse.Packing.Metadata;

namespace CondaFuse.Packing.Content;

/// <summary>Puts one prefix where another one is, as conda does when it installs a file, and back.</summary>
internal static class PrefixReplacement
{
    /// <summary>Longest first line of a script that conda trusts a kernel with.</summary>
    private const int LongestShebang = 127;

    /// <summary>Whether a prefix is somewhere, in any encoding.</summary>
    public static bool IsIn(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix) => CountOf(data, prefix) > 0;

    /// <summary>Replaces a prefix wherever it is.</summary>
    public static byte[] InText(byte[] data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement)
    {
        foreach (var form in EncodedPrefix.Forms(old, replacement))
        {
            if (data.AsSpan().Count(form.Old) is > 0 and var count)
            {
                var result = new byte[checked(data.Length + (count * (form.New.Length - form.Old.Length)))];
                ReplaceAll(data, form.Old, form.New, result);
                data = result;
            }
        }

        return data;
    }

    /// <summary>Replaces a prefix in the C strings that hold it; each keeps its length through NULs behind it.</summary>
    /// <returns>False if the replacement is longer than what it replaces.</returns>
    public static bool TryInBinary(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, [NotNullWhen(true)] out byte[]? result)
    {
        result = data.ToArray();
        foreach (var form in EncodedPrefix.Forms(old, replacement))
        {
            if (!TryInBinary(result, form))
            {
                result = null;
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What a binary was before a shorter prefix took the placeholder's place in it: NULs that filled up the strings go again.
    /// </summary>
    /// <returns>False if it does not look as if that had happened.</returns>
    public static bool TryRestoreBinary(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> placeholder, [NotNullWhen(true)] out byte[]? result)
    {
        result = null;
        if (prefix.Length > placeholder.Length)
        {
            return false;
        }

        var restored = data.ToArray();
        foreach (var form in EncodedPrefix.Forms(prefix, placeholder))
        {
            if (!TryRestoreBinary(restored, form))
            {
                return false;
            }
        }

        result = restored;
        return true;
    }

    private static bool TryInBinary(byte[] data, in EncodedPrefix form)
    {
        for (var at = 0; NextString(data, at, form) is { Length: > 0 } found; at = found.Start + found.Length)
        {
            if (form.New.Length > form.Old.Length)
            {
                return false;
            }

            var room = data.AsSpan(found.Start, found.Length);
            var text = room.ToArray();
            room.Clear();
            ReplaceAll(text, form.Old, form.New, room);
        }

        return true;
    }

    private static bool TryRestoreBinary(byte[] data, in EncodedPrefix form)
    {
        for (var at = 0; NextString(data, at, form) is { Length: > 0 } found;)
        {
            var text = data.AsSpan(found.Start, found.Length).ToArray();
            var grown = text.AsSpan().Count(form.Old) * (form.New.Length - form.Old.Length);
            var end = found.Start + found.Length;
            if (grown < 0 || end + grown + form.Width > data.Length || data.AsSpan(end, grown + form.Width).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            ReplaceAll(text, form.Old, form.New, data.AsSpan(found.Start, found.Length + grown));
            at = end + grown;
        }

        return true;
    }

    /// <summary>
    /// A script whose first line names a program of the prefix, and no other part of which names the prefix, finds that program through env.
    /// </summary>
    public static bool TryFreeShebang(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix, [NotNullWhen(true)] out byte[]? result)
    {
        result = null;
        if (CountOf(data, prefix) != 1 || !TrySplitShebang(data, prefix, out var program, out var rest))
        {
            return false;
        }

        result = [.. "#!/usr/bin/env "u8, .. program, .. rest];
        return true;
    }

    private static int CountOf(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix)
    {
        var count = 0;
        foreach (var form in EncodedPrefix.Forms(prefix, prefix))
        {
            count += data.Count(form.Old);
        }

        return count;
    }

    /// <summary>The same where no kernel would take the first line: it is too long, or there is a space in the path.</summary>
    public static byte[] WithoutLongShebang(byte[] data, ReadOnlySpan<byte> prefix)
    {
        var line = data.AsSpan().IndexOf((byte)'\n') is var end and >= 0 ? data.AsSpan(0, end) : data;
        return (line.Length > LongestShebang || prefix.Contains((byte)' ')) && TrySplitShebang(data, prefix, out var program, out var rest)
            ? [.. "#!/usr/bin/env "u8, .. program, .. rest]
            : data;
    }

    /// <summary>Splits a script that starts with a program of the prefix into the program's name and what follows it.</summary>
    private static bool TrySplitShebang(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> program, out ReadOnlySpan<byte> rest)
    {
        program = [];
        rest = [];
        if (!data.StartsWith("#!"u8))
        {
            return false;
        }

        var path = data[2..].TrimStart((byte)' ');
        if (!path.StartsWith(prefix) || path.Length == prefix.Length || path[prefix.Length] != '/')
        {
            return false;
        }

        // Behind the prefix: a space in the prefix itself ends nothing.
        var tail = path[prefix.Length..];
        var end = tail.IndexOfAny(" \n\r\t"u8) is var stop and >= 0 ? stop : tail.Length;
        program = tail[..end][(tail[..end].LastIndexOf((byte)'/') + 1)..];
        rest = tail[end..];
        return program.Length > 0;
    }

    /// <summary>
    /// The next string that holds a prefix, from the prefix to the start of its NUL. As in conda, that may be a byte of its last character.
    /// </summary>
    private static (int Start, int Length) NextString(ReadOnlySpan<byte> data, int from, in EncodedPrefix form)
    {
        var start = data[from..].IndexOf(form.Old);
        if (start < 0)
        {
            return default;
        }

        start += from;
        var rest = data[(start + form.Old.Length)..].IndexOf("\0\0\0\0"u8[..form.Width]);
        return rest < 0 ? default : (start, form.Old.Length + rest);
    }

    private static void ReplaceAll(ReadOnlySpan<byte> data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, Span<byte> destination)
    {
        for (int found; (found = data.IndexOf(old)) >= 0; data = data[(found + old.Length)..])
        {
            data[..found].CopyTo(destination);
            replacement.CopyTo(destination[found..]);
            destination = destination[(found + replacement.Length)..];
        }

        data.CopyTo(destination);
    }
}

/// <summary>How a prefix lies in a file, as conda's records say it.</summary>
internal enum PrefixMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>In text: replacing changes the length.</summary>
    Text,

    /// <summary>In C strings of a binary: replacing keeps all lengths, with NULs behind a shorter string.</summary>
    Binary,

    /// <summary>Nobody recorded it.</summary>
    Unknown,
}

/// <summary>A file in which <c>conda-unpack</c> is to put the prefix.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Placeholder">What stands where the prefix belongs.</param>
/// <param name="Mode">Text or binary.</param>
internal sealed record PrefixRecord(string Path, string Placeholder, PrefixMode Mode);

/// <summary>Makes of an installed file what its package holds.</summary>
internal static class PlaceholderRestoration
{
    /// <summary>
    /// Puts the placeholder back in the place of a prefix; the checksum that conda recorded tells whether that gave the package's file.
    /// </summary>
    public static bool TryRestore(byte[] data, ManagedFile managed, ReadOnlySpan<byte> prefix, out byte[] restored) =>
        TryPutBack(data, managed, prefix, out restored) && (managed.PackageDigest is null || managed.PackageDigest == Sha256.Of(restored));

    /// <summary>Puts the placeholder back in the place of a prefix; false where its length tells that this did not give the package's file.</summary>
    public static bool TryPutBack(byte[] data, ManagedFile managed, ReadOnlySpan<byte> prefix, out byte[] restored)
    {
        var placeholder = Encoding.UTF8.GetBytes(managed.Placeholder!);
        restored = data;
        if (managed.Mode == PrefixMode.Text)
        {
            restored = PrefixReplacement.InText(data, prefix, placeholder);
        }
        else if (PrefixReplacement.TryRestoreBinary(data, prefix, placeholder, out var binary))
        {
            restored = binary;
        }
        else
        {
            return false;
        }

        return managed.PackageSize is not { } size || size == restored.Length;
    }
}

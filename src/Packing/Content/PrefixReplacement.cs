using System.Diagnostics.CodeAnalysis;
using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Relocation;

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
        var before = new PrefixText(old);
        return PrefixFinder.InText(data, before) is { } spots
            ? EditedContent.Of(spots with { ShebangProgram = 0 }, data.Length, before, new PrefixText(replacement))?.Apply(data) ?? data
            : data;
    }

    /// <summary>Replaces a prefix in the C strings that hold it; each keeps its length through NULs behind it.</summary>
    /// <returns>False if the replacement is longer than what it replaces.</returns>
    public static bool TryInBinary(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, [NotNullWhen(true)] out byte[]? result) =>
        TryInBinary(data, old, replacement, room: null, out result);

    /// <summary>
    /// What a binary was before a shorter prefix took the placeholder's place in it: NULs that filled up the strings go again.
    /// </summary>
    /// <returns>False if it does not look as if that had happened.</returns>
    public static bool TryRestoreBinary(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> placeholder, [NotNullWhen(true)] out byte[]? result)
    {
        result = null;
        return prefix.Length <= placeholder.Length && TryInBinary(data, prefix, placeholder, new PrefixText(placeholder), out result);
    }

    private static bool TryInBinary(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, PrefixText? room, [NotNullWhen(true)] out byte[]? result)
    {
        var before = new PrefixText(old);
        result = PrefixFinder.InBinary(data, before, room) is { } spots
            ? EditedContent.Of(spots, data.Length, before, new PrefixText(replacement))?.Apply(data)
            : data.ToArray();
        return result is not null;
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

    private static int CountOf(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix) =>
        PrefixFinder.InText(data, new PrefixText(prefix))?.Spots.Count ?? 0;

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

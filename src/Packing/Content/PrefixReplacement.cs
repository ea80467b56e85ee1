using System.Diagnostics.CodeAnalysis;
using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Platform;
using CondaFuse.Relocation;

namespace CondaFuse.Packing.Content;

/// <summary>Replaces one prefix by another, as conda does when it installs a file, and reverses that.</summary>
internal static class PrefixReplacement
{
    /// <summary>Longest first line of a script that conda relies on the kernel to support.</summary>
    private const int LongestShebang = 127;

    /// <summary>Whether data contains a prefix.</summary>
    public static bool IsIn(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix) => CountOf(data, prefix) > 0;

    /// <summary>Replaces all occurrences of a prefix.</summary>
    public static byte[] InText(byte[] data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement)
    {
        var before = new PrefixText(old);
        return PrefixFinder.InText(data, before) is { } spots
            ? EditedContent.Of(spots with { ShebangProgram = 0 }, data.Length, before, new PrefixText(replacement))?.Apply(data) ?? data
            : data;
    }

    /// <summary>Replaces a prefix in the C strings that contain it; NULs keep their length.</summary>
    /// <returns>False if the replacement is longer than the original.</returns>
    public static bool TryInBinary(
        ReadOnlySpan<byte> data, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, [NotNullWhen(true)] out byte[]? result) =>
        TryInBinary(data, old, replacement, room: null, out result);

    /// <summary>Reverses the replacement of the placeholder by a shorter prefix in a binary: removes the NULs that filled up the strings.</summary>
    /// <returns>False if the content does not have that form.</returns>
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
    /// Makes a script find its interpreter through env, if its first line names a program of the prefix and nothing else contains the prefix.
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

    /// <summary>The same if the kernel does not support the first line: it is too long, or the path contains a space.</summary>
    public static byte[] WithoutLongShebang(byte[] data, ReadOnlySpan<byte> prefix)
    {
        var line = data.AsSpan().IndexOf((byte)'\n') is var end and >= 0 ? data.AsSpan(0, end) : data;
        return (line.Length > LongestShebang || prefix.Contains((byte)' ')) && TrySplitShebang(data, prefix, out var program, out var rest)
            ? [.. "#!/usr/bin/env "u8, .. program, .. rest]
            : data;
    }

    /// <summary>Splits a script whose interpreter is a program of the prefix into the program's name and the rest.</summary>
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

        // Search only after the prefix, because the prefix may contain spaces.
        var tail = path[prefix.Length..];
        var end = tail.IndexOfAny(" \n\r\t"u8) is var stop and >= 0 ? stop : tail.Length;
        program = tail[..end][(tail[..end].LastIndexOf((byte)'/') + 1)..];
        rest = tail[end..];
        return program.Length > 0;
    }
}

/// <summary>How a file contains the prefix, according to conda's records.</summary>
internal enum PrefixMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>In text: replacing changes the length.</summary>
    Text,

    /// <summary>In C strings of a binary: replacing keeps all lengths, with NULs after a shorter string.</summary>
    Binary,

    /// <summary>There is no record.</summary>
    Unknown,
}

/// <summary>A file in which <c>conda-unpack</c> must insert the prefix.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Placeholder">The text in place of the prefix.</param>
/// <param name="Mode">Text or binary.</param>
internal sealed record PrefixRecord(string Path, string Placeholder, PrefixMode Mode);

/// <summary>Restores the package's file from an installed file.</summary>
internal static class PlaceholderRestoration
{
    /// <summary>Restores the placeholder; conda's recorded checksum shows whether the result is the package's file.</summary>
    public static bool TryRestore(byte[] data, ManagedFile managed, ReadOnlySpan<byte> prefix, out byte[] restored) =>
        TryPutBack(data, managed, prefix, out restored) && (managed.PackageDigest is null || managed.PackageDigest == Sha256.Of(restored));

    /// <summary>Restores the placeholder; false if the length shows that the result is not the package's file.</summary>
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

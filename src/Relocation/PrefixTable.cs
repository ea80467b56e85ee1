using CondaFuse.Tree;

namespace CondaFuse.Relocation;

/// <summary>The prefixes that an environment's files contain, and where.</summary>
/// <param name="Prefixes">The prefixes. The first is the one that the environment has; files may contain others, as placeholders.</param>
/// <param name="Entries">The files and symlinks, each once for every name that counts.</param>
/// <param name="Metadata">The inode number of <c>conda-meta</c>; 0 if there is none.</param>
/// <param name="HasMark">Whether the environment has a <see cref="PrefixMark"/>.</param>
public sealed record PrefixTable(
    IReadOnlyList<ReadOnlyMemory<byte>> Prefixes, IReadOnlyList<PrefixEntry> Entries, ulong Metadata, bool HasMark)
{
    /// <summary>Of what no prefix is known.</summary>
    public static PrefixTable Empty { get; } = new([], [], 0, HasMark: false);
}

/// <summary>A file or symlink that contains a prefix.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Kind">A file or a symlink.</param>
/// <param name="Prefix">Which of the table's prefixes it contains.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Path">Its path below the prefix.</param>
public sealed record PrefixEntry(ulong Inode, EntryKind Kind, int Prefix, long Size, string Path)
{
    /// <summary>Where the prefix is; of a symlink: at its target's start.</summary>
    public required PrefixSpots Spots { get; init; }

    /// <summary>
    /// Of byte code: the number of its source, which contains the prefix too, so that its length in the byte code's header changes; else 0.
    /// </summary>
    public ulong Source { get; init; }

    /// <summary>Of a symlink: the number of its directory.</summary>
    public ulong Directory { get; init; }

    /// <summary>Of a symlink: its name.</summary>
    public ReadOnlyMemory<byte> Name { get; init; }
}

/// <summary>A small file in which an environment that was written at another prefix than it was created for says so.</summary>
public static class PrefixMark
{
    /// <summary>Longest prefix in bytes.</summary>
    public const int LongestPrefix = 4096;

    /// <summary>Its name in <c>conda-meta</c>, where conda reads what ends with <c>.json</c>, its <c>history</c> and its <c>state</c>.</summary>
    public static ReadOnlySpan<byte> Name => "condafuse-prefix"u8;

    /// <summary>Reads the prefix from the file's content; null if it is not one.</summary>
    public static byte[]? TryParse(ReadOnlySpan<byte> content)
    {
        var prefix = content.EndsWith("\n"u8) ? content[..^1] : content;
        return IsPrefix(prefix) ? prefix.ToArray() : null;
    }

    /// <summary>The file's content.</summary>
    public static byte[] Format(ReadOnlySpan<byte> prefix) => [.. prefix, (byte)'\n'];

    /// <summary>Whether bytes can be a prefix: an absolute path of one name at least, on one line, without a slash at its end.</summary>
    public static bool IsPrefix(ReadOnlySpan<byte> prefix) =>
        prefix.Length is > 2 and <= LongestPrefix && prefix[0] == (byte)'/' && prefix[^1] != (byte)'/' && !prefix.ContainsAny("\0\n\r"u8);
}

using CondaFuse.Tree;

namespace CondaFuse.Relocation;

/// <summary>The prefixes in an environment's files, and their positions.</summary>
/// <param name="Prefixes">The prefixes. The first is the environment's own; files may contain others, such as placeholders.</param>
/// <param name="Entries">The files and symlinks, one entry per relevant name.</param>
/// <param name="Metadata">The inode number of <c>conda-meta</c>; 0 if there is none.</param>
/// <param name="HasMark">Whether the environment has a <see cref="PrefixMark"/>.</param>
public sealed record PrefixTable(
    IReadOnlyList<ReadOnlyMemory<byte>> Prefixes, IReadOnlyList<PrefixEntry> Entries, ulong Metadata, bool HasMark)
{
    /// <summary>A table without any prefix.</summary>
    public static PrefixTable Empty { get; } = new([], [], 0, HasMark: false);

    /// <summary>
    /// How many of the prefixes were searched for in every candidate. The others are placeholders: only the files were searched for them that conda
    /// recorded with them.
    /// </summary>
    public int Known { get; init; } = Prefixes.Count;

    /// <summary>
    /// Paths that conda recorded with a placeholder and that are not entries: the file is missing, or does not contain the prefix. Null if that is
    /// not known, or there are too many.
    /// </summary>
    public IReadOnlyList<string>? WithoutPrefix { get; init; }

    /// <summary>conda's records that contain the digests of entries.</summary>
    public IReadOnlyList<PrefixDigests> Digests { get; init; } = [];

    /// <summary>The same table of a tree with other inode numbers. What is not there is left out.</summary>
    /// <param name="numberOf">The other number of an inode; 0 if it is not there.</param>
    public PrefixTable Renumbered(Func<ulong, ulong> numberOf)
    {
        ArgumentNullException.ThrowIfNull(numberOf);
        return this with
        {
            Entries = [.. Entries.Select(Moved).Where(entry => entry.Inode > 0)],
            Metadata = numberOf(Metadata),
            Digests = [.. Digests.Select(record => new PrefixDigests(numberOf(record.Inode), record.Size, [.. record.Spots.Select(Place)]))
                .Where(record => record.Inode > 0)],
        };

        DigestSpot Place(DigestSpot spot) => spot with { File = numberOf(spot.File) };

        PrefixEntry Moved(PrefixEntry entry) => entry with
        {
            Inode = numberOf(entry.Inode),
            Source = entry.Source == 0 ? 0 : numberOf(entry.Source),
            Directory = entry.Directory == 0 ? 0 : numberOf(entry.Directory),
        };
    }
}

/// <summary>A record of conda with digests of files that contain the prefix: <c>sha256_in_prefix</c>, 64 hexadecimal digits.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Spots">The digests, in the order of their offsets.</param>
public sealed record PrefixDigests(ulong Inode, long Size, IReadOnlyList<DigestSpot> Spots);

/// <summary>A digest in a record.</summary>
/// <param name="Offset">Where its digits begin, in bytes.</param>
/// <param name="File">Inode number of the file that it is of.</param>
public readonly record struct DigestSpot(int Offset, ulong File);

/// <summary>A file or symlink that contains a prefix.</summary>
/// <param name="Inode">Its number.</param>
/// <param name="Kind">A file or a symlink.</param>
/// <param name="Prefix">The index of the prefix that it contains.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Path">Its path below the prefix.</param>
public sealed record PrefixEntry(ulong Inode, EntryKind Kind, int Prefix, long Size, string Path)
{
    /// <summary>The positions of the prefix; for a symlink, the start of its target.</summary>
    public required PrefixSpots Spots { get; init; }

    /// <summary>
    /// For byte code: the number of its source if that contains the prefix too, because the source's length in the header changes; otherwise 0.
    /// </summary>
    public ulong Source { get; init; }

    /// <summary>For a symlink: the number of its directory.</summary>
    public ulong Directory { get; init; }

    /// <summary>For a symlink: its name.</summary>
    public ReadOnlyMemory<byte> Name { get; init; }
}

/// <summary>A small file that records the prefix of an environment, if it differs from the one that the environment was created for.</summary>
public static class PrefixMark
{
    /// <summary>Longest prefix in bytes.</summary>
    public const int LongestPrefix = 4096;

    /// <summary>Its name in <c>conda-meta</c>, where conda reads only <c>*.json</c>, <c>history</c> and <c>state</c>.</summary>
    public static ReadOnlySpan<byte> Name => "condafuse-prefix"u8;

    /// <summary>Parses the file's content; null if it is not a prefix.</summary>
    public static byte[]? TryParse(ReadOnlySpan<byte> content)
    {
        var prefix = content.EndsWith("\n"u8) ? content[..^1] : content;
        return IsPrefix(prefix) ? prefix.ToArray() : null;
    }

    /// <summary>The file's content.</summary>
    public static byte[] Format(ReadOnlySpan<byte> prefix) => [.. prefix, (byte)'\n'];

    /// <summary>Whether bytes can be a prefix: an absolute path with at least one name, on one line, without a trailing slash.</summary>
    public static bool IsPrefix(ReadOnlySpan<byte> prefix) =>
        prefix.Length is > 2 and <= LongestPrefix && prefix[0] == (byte)'/' && prefix[^1] != (byte)'/' && !prefix.ContainsAny("\0\n\r"u8);
}

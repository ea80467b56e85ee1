using CondaFuse.Changes.Journal;
using CondaFuse.Platform;

namespace CondaFuse.Changes;

/// <summary>
/// The files of a change folder: which exist, which are ours, and how they are removed. Works on an open folder, so that no symlink leads elsewhere.
/// </summary>
public static class LayerFiles
{
    private static readonly string[] Endings = [SegmentNames.JournalEnding, SegmentNames.DataEnding, SegmentNames.NewEnding];

    /// <summary>Whether a name is that of a segment's file.</summary>
    public static bool IsSegmentFile(string name) => Endings.Any(ending => SegmentNames.TryParse(name, ending, out _));

    /// <summary>Whether the folder holds changes.</summary>
    public static bool HasJournal(IStorageFolder folder) => folder.List().Any(IsJournal);

    /// <summary>Size of journals and content in bytes.</summary>
    public static long Bytes(IStorageFolder folder) =>
        folder.List().Where(IsSegmentFile).Sum(name => folder.StatusOf(name) is { Type: EntryType.File } status ? status.Size : 0);

    /// <summary>Whether this program made the folder: a segment in it has a valid header.</summary>
    public static bool HasOwnSegment(IStorageFolder folder) => folder.List().Any(name => IsOwnSegment(folder, name));

    /// <summary>Removes journals and content, oldest first, and nothing else.</summary>
    /// <exception cref="PlatformException">A file cannot be removed.</exception>
    public static void Remove(IStorageFolder folder)
    {
        foreach (var name in folder.List().Where(IsSegmentFile).OrderBy(name => IsJournal(name) ? 0 : 1).ThenBy(name => name, StringComparer.Ordinal))
        {
            folder.Remove(name);
        }
    }

    private static bool IsJournal(string name) => SegmentNames.TryParse(name, SegmentNames.JournalEnding, out _);

    private static bool IsOwnSegment(IStorageFolder folder, string name)
    {
        if (!IsSegmentFile(name))
        {
            return false;
        }

        try
        {
            using var file = folder.Open(name, StorageAccess.Read);
            Span<byte> magic = stackalloc byte[sizeof(ulong)];
            return file.ReadAt(0, magic) == magic.Length
                && System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(magic) is JournalFormat.SegmentMagic or JournalFormat.DataMagic;
        }
        catch (PlatformException)
        {
            return false; // a fifo, a symlink, or gone
        }
    }
}

using System.Text;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>Finds the parts of an image's file that store what is used first. The paths may be of any origin: nothing is opened by path.</summary>
public static class ImageParts
{
    /// <summary>The tables of 150 000 files; of a larger image, only the blocks that are needed are read, one by one.</summary>
    private const long LongestTables = 4 << 20;

    /// <summary>The image's tables; none if they are very long.</summary>
    public static IReadOnlyList<StoredRange> Tables(SquashFsTree image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.Tables is { Length: > 0 and <= LongestTables } tables ? [tables] : [];
    }

    /// <summary>The blocks of the files, without those of files that do not exist; at most <see cref="FirstUseList.MaxBytes"/>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="used">Parts of files.</param>
    /// <exception cref="ImageException">The image is damaged.</exception>
    public static IReadOnlyList<StoredRange> Of(SquashFsTree image, IReadOnlyList<UsedRange> used)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(used);
        var directories = new Dictionary<string, NodeId?>(StringComparer.Ordinal) { [""] = NodeId.Root };
        var (parts, blocks, bytes) = (new List<StoredRange>(), new HashSet<long>(), 0L);
        var found = new List<StoredRange>();
        foreach (var range in used)
        {
            found.Clear();
            if (Find(Encoding.Latin1.GetString(range.Path.Span)) is { Kind: EntryKind.File } file)
            {
                image.Locate(file.Node, range.Offset, range.Length, found);
            }

            foreach (var part in found.Where(part => part.Length > 0 && blocks.Add(part.Offset)))
            {
                bytes += part.Length;
                if (bytes > FirstUseList.MaxBytes)
                {
                    return parts;
                }

                parts.Add(part);
            }
        }

        return parts;

        Attributes? Find(string path)
        {
            var slash = path.LastIndexOf('/');
            return DirectoryAt(path[..Math.Max(slash, 0)]) is { } directory
                && image.TryLookup(directory, Encoding.Latin1.GetBytes(path[(slash + 1)..]), out var entry)
                ? entry
                : null;
        }

        NodeId? DirectoryAt(string path)
        {
            if (!directories.TryGetValue(path, out var known))
            {
                known = Find(path) is { Kind: EntryKind.Directory } directory ? directory.Node : null;
                directories.Add(path, known);
            }

            return known;
        }
    }
}

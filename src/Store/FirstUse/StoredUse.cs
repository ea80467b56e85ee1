using System.Globalization;
using System.Text;
using CondaFuse.Images;
using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>
/// Which parts of a zip archive are read after a mount. (Those of an image follow from the list of files.) The list is a hint: after a commit some
/// of the reads are useless.
/// </summary>
/// <param name="file">Stores the list. The path of a range is the archive's length at the time of the read, in decimal digits.</param>
public sealed class StoredUse(FirstUseFile file)
{
    /// <summary>Adds ranges that were read.</summary>
    /// <param name="reads">Parts of the archive.</param>
    /// <param name="archiveLength">Its length in bytes.</param>
    /// <exception cref="IOException">The list cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Add(IReadOnlyList<StoredRange> reads, long archiveLength)
    {
        // This much means that the whole archive was read, for instance by a backup.
        if (reads.Sum(range => range.Length) <= FirstUseList.MaxBytes)
        {
            var length = Encoding.ASCII.GetBytes(archiveLength.ToString(CultureInfo.InvariantCulture));
            file.Add([.. reads.Select(range => new UsedRange(length, range.Offset, range.Length))]);
        }
    }

    /// <summary>The listed parts that an archive of this length can have.</summary>
    public IReadOnlyList<StoredRange> PartsOf(long archiveLength) =>
        [.. file.Read().Where(range => IsOf(range, archiveLength)).Select(range => new StoredRange(range.Offset, range.Length))];

    /// <summary>An archive that became shorter is another one.</summary>
    private static bool IsOf(UsedRange range, long length) =>
        long.TryParse(Encoding.ASCII.GetString(range.Path.Span), NumberStyles.None, CultureInfo.InvariantCulture, out var then) && then <= length;
}

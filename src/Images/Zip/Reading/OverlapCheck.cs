using System.Runtime.CompilerServices;
using System.Text;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Refuses archives whose entries share bytes, or lie outside: what they hold would not be bounded by their length.</summary>
/// <param name="path">The archive.</param>
/// <param name="limit">Where its central directory begins.</param>
internal sealed class OverlapCheck(string path, long limit)
{
    private GrowableArray<Extent> _extents = new();
    private bool _isSorted = true;

    /// <summary>Takes an entry: at least its header, its name and its content lie together.</summary>
    public void Add(in ZipInode inode, int nameLength, ReadOnlySpan<byte> name)
    {
        var start = inode.LocalHeader;
        var length = inode.StoredBytes + nameLength + Unsafe.SizeOf<RawLocalHeader>();
        if (start < 0 || start > limit || length > limit - start)
        {
            throw new ImageException(
                ImageFault.EntryPlace, $"{path}: '{Encoding.UTF8.GetString(name)}' at {start} with {length} bytes lies outside of the archive.");
        }

        _isSorted &= _extents.Count == 0 || _extents[_extents.Count - 1].Start < start;
        _extents.Add(new Extent(start, start + length));
    }

    /// <summary>Compares all of them.</summary>
    public void Finish()
    {
        var extents = _isSorted ? _extents.Items : Sorted();
        for (var i = 1; i < extents.Length; i++)
        {
            if (extents[i].Start < extents[i - 1].End)
            {
                throw new ImageException(ImageFault.EntryOverlap, $"{path}: the entries at {extents[i - 1].Start} and {extents[i].Start} overlap.");
            }
        }
    }

    private Extent[] Sorted()
    {
        var sorted = _extents.ToArray();
        Array.Sort(sorted, static (left, right) => left.Start.CompareTo(right.Start));
        return sorted;
    }

    private readonly record struct Extent(long Start, long End);
}

using System.Runtime.CompilerServices;
using System.Text;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Refuses archives whose entries overlap, or extend outside: the size of their content would not be limited by their length.</summary>
/// <param name="path">The archive.</param>
/// <param name="limit">The start of its central directory.</param>
internal sealed class OverlapCheck(string path, long limit)
{
    private GrowableArray<Extent> _extents = new();
    private bool _isSorted = true;

    /// <summary>Adds an entry: at least its header, name and content are contiguous.</summary>
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

    /// <summary>Compares all entries.</summary>
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

using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>What the central directory says of an entry.</summary>
internal struct ZipInode
{
    /// <summary>Where in the file its local header is; 0 and unused for a directory that has no record.</summary>
    public long LocalHeader;

    /// <summary>Compressed length.</summary>
    public long StoredBytes;

    public long Size;

    public long Seconds;

    public uint Nanoseconds;

    /// <summary>When the attributes changed; when the content did, where that is not known.</summary>
    public long ChangedSeconds;

    public uint ChangedNanoseconds;

    /// <summary>The inode number that an entry of ours has; 0 where another tool made the archive.</summary>
    public uint Number;

    public uint Crc;

    public uint UserId;

    public uint GroupId;

    public uint DeviceMajor;

    public uint DeviceMinor;

    /// <summary>
    /// Names; of a directory, one and its subdirectories. 0 where the number names nothing: it went to what this is a hard link to.
    /// </summary>
    public int Links;

    /// <summary>Of a directory: the inode number of its parent.</summary>
    public int Parent;

    /// <summary>Of a directory: where its names begin in <see cref="EntryTable"/>'s order.</summary>
    public int FirstName;

    public int Names;

    public ZipMethod Method;

    public ushort Flags;

    public ushort Permissions;

    public EntryKind Kind;

    /// <summary>Whether it has a record: a directory may be implied by other names only.</summary>
    public bool IsRecorded;

    /// <summary>Whether the owner is in the local header only.</summary>
    public bool IsOwnerLocal;

    /// <summary>Whether it is a hard link whose target is missing.</summary>
    public bool IsLost;
}

/// <summary>A digest that any change of an archive changes: the identity of one that is another tool's.</summary>
internal static class ZipIdentity
{
    public static Guid Of(ImageFile file, EndRecord end)
    {
        var digest = new DirectoryDigest(end.Directory);
        var window = new byte[(int)Math.Min(DirectoryDigest.PartBytes, file.Length - end.Directory)];
        for (var position = end.Directory; position < file.Length; position += window.Length)
        {
            var part = window.AsSpan(0, (int)Math.Min(window.Length, file.Length - position));
            file.Read(position, part);
            digest.Add(part);
        }

        return digest.Value;
    }
}

/// <summary>A list whose elements are changed in place.</summary>
internal struct GrowableArray<T>()
    where T : struct
{
    private T[] _items = new T[16];

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref _items[index];

    public readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public int Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count] = item;
        return Count++;
    }

    public int AddRange(ReadOnlySpan<T> items)
    {
        if (items.Length > _items.Length - Count)
        {
            Array.Resize(ref _items, (int)Math.Min(Array.MaxLength, Math.Max(Count * 2L, (long)Count + items.Length)));
        }

        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
        return Count - items.Length;
    }

    public readonly T[] ToArray() => Items.ToArray();
}

using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>An entry according to the central directory.</summary>
internal struct ZipInode
{
    /// <summary>Position of its local header in the file; 0 for a directory without a record.</summary>
    public long LocalHeader;

    /// <summary>Compressed length.</summary>
    public long StoredBytes;

    public long Size;

    public long Seconds;

    public uint Nanoseconds;

    /// <summary>Time of the last attribute change, or of the last content change if that is unknown.</summary>
    public long ChangedSeconds;

    public uint ChangedNanoseconds;

    /// <summary>The inode number recorded in our own archives; 0 for another tool's archive.</summary>
    public uint Number;

    public uint Crc;

    public uint UserId;

    public uint GroupId;

    public uint DeviceMajor;

    public uint DeviceMinor;

    /// <summary>
    /// Number of names; for a directory, one plus the number of subdirectories. 0 for an unused number of a hard link: its name leads to the target.
    /// </summary>
    public int Links;

    /// <summary>For a directory: inode number of its parent.</summary>
    public int Parent;

    /// <summary>For a directory: start of its names in <see cref="EntryTable"/>'s order.</summary>
    public int FirstName;

    public int Names;

    public ZipMethod Method;

    public ushort Flags;

    public ushort Permissions;

    public EntryKind Kind;

    /// <summary>Whether it has a record: a directory may only be implied by other names.</summary>
    public bool IsRecorded;

    /// <summary>Whether the owner is only in the local header.</summary>
    public bool IsOwnerLocal;

    /// <summary>Whether it is a hard link whose target is missing.</summary>
    public bool IsLost;
}

/// <summary>A digest that changes with any change to an archive: the identity of another tool's archive.</summary>
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

/// <summary>A list whose elements can be changed in place.</summary>
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

using System.Runtime.CompilerServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads a directory's listing entry by entry. Must be disposed, and never copied.</summary>
internal ref struct ListingCursor
{
    private readonly long _length;
    private readonly Span<byte> _room;
    private MetadataCursor _cursor;
    private ListingPosition _place;

    /// <param name="store">The blocks.</param>
    /// <param name="table">The directory table.</param>
    /// <param name="length">Length of the listing in bytes.</param>
    /// <param name="place">The position to start at.</param>
    /// <param name="room">At least <see cref="EntryName.MaxLength"/> bytes, for names that cross blocks.</param>
    public ListingCursor(MetadataStore store, in TableRange table, long length, in ListingPosition place, Span<byte> room)
    {
        _length = length;
        _room = room;
        _place = place;
        _cursor = new MetadataCursor(store, table, place.Block, place.Offset);
    }

    /// <summary>The current entry's name; valid until the next step.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public RawDirectoryEntry Entry { get; private set; }

    public readonly EntryKind Kind => InodeTypes.TryGetKind((InodeType)Entry.Type, out var kind)
        ? kind
        : throw new ImageException(ImageFault.InodeType, $"A directory entry has the type {Entry.Type}.");

    public readonly InodeReference Reference => new(_place.Header.InodeBlock, Entry.InodeOffset);

    public readonly uint InodeNumber => unchecked(_place.Header.InodeNumber + (uint)Entry.InodeDifference);

    /// <summary>The position after the current entry.</summary>
    public readonly ListingPosition Place => _place with { Block = _cursor.Block, Offset = _cursor.Offset };

    /// <summary>Advances to the next entry; false at the end of the listing.</summary>
    public bool MoveNext()
    {
        if (_place.Left == 0 && !ReadHeader())
        {
            return false;
        }

        Entry = _cursor.Read<RawDirectoryEntry>();
        var length = Entry.NameLengthMinusOne + 1;
        _place.Position += Unsafe.SizeOf<RawDirectoryEntry>() + length;
        if (_place.Position > _length)
        {
            throw new ImageException(ImageFault.Listing, $"A directory's listing of {_length} bytes breaks off within an entry.");
        }

        if (length > EntryName.MaxLength)
        {
            throw new ImageException(ImageFault.EntryName, $"A directory entry has a name of {length} bytes.");
        }

        Name = _cursor.Take(length, _room);
        if (!EntryName.IsValid(Name))
        {
            throw new ImageException(ImageFault.EntryName, $"The name {Convert.ToHexString(Name)} (hexadecimal) is not a legal one.");
        }

        _place.Taken++;
        _place.Left--;
        return true;
    }

    public void Dispose() => _cursor.Dispose();

    private bool ReadHeader()
    {
        if (_place.Position == _length)
        {
            return false;
        }

        _place.HeaderPosition = _place.Position;
        _place.Header = _cursor.Read<RawDirectoryHeader>();
        _place.Position += Unsafe.SizeOf<RawDirectoryHeader>();
        _place.Taken = 0;
        _place.Left = _place.Header.CountMinusOne + 1;
        return _place.Left is > 0 and <= SquashFsFormat.MaxHeaderEntries && _place.Position <= _length
            ? true
            : throw new ImageException(
                ImageFault.Listing, $"A directory header at {_place.HeaderPosition} of {_length} claims {_place.Left} entries.");
    }
}

/// <summary>Encodes the position after an entry as a number: the header's position in the listing, and how many of its entries were read.</summary>
internal static class ListingCookie
{
    private const int TakenBits = 9;

    public static ulong Of(in ListingPosition place) => (((ulong)place.HeaderPosition << TakenBits) | place.Taken) + DirectoryEntry.FirstCookie;

    public static (long HeaderPosition, uint Taken) Parse(ulong cookie)
    {
        var value = cookie - DirectoryEntry.FirstCookie;
        return ((long)(value >> TakenBits), (uint)(value & ((1 << TakenBits) - 1)));
    }
}

/// <summary>A position between two entries of a listing, with everything needed to continue from there.</summary>
internal record struct ListingPosition
{
    /// <summary>Metadata block and offset in its content.</summary>
    public long Block;

    public int Offset;

    /// <summary>Number of bytes of the listing before this position.</summary>
    public long Position;

    /// <summary>Number of bytes of the listing before the header of the next entry.</summary>
    public long HeaderPosition;

    /// <summary>That header.</summary>
    public RawDirectoryHeader Header;

    /// <summary>Number of entries read after that header.</summary>
    public uint Taken;

    /// <summary>Number of entries left after that header.</summary>
    public uint Left;
}

/// <summary>
/// Remembers where recent listings of directories stopped, so that continuing is cheap. A lost bookmark costs a walk to the position.
/// </summary>
internal sealed class ListingBookmarks
{
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private readonly (NodeId Directory, ulong Cookie, ListingPosition Place)[] _marks = new (NodeId, ulong, ListingPosition)[Kept];
    private int _next;

    public void Keep(NodeId directory, ulong cookie, in ListingPosition place)
    {
        lock (_gate)
        {
            _marks[_next] = (directory, cookie, place);
            _next = (_next + 1) % Kept;
        }
    }

    public bool TryFind(NodeId directory, ulong cookie, out ListingPosition place)
    {
        lock (_gate)
        {
            foreach (ref readonly var mark in _marks.AsSpan())
            {
                if (mark.Cookie == cookie && mark.Directory == directory)
                {
                    place = mark.Place;
                    return true;
                }
            }
        }

        place = default;
        return false;
    }
}

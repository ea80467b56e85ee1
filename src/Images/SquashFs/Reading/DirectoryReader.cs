using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads directories: finds a name, or lists all names.</summary>
internal sealed class DirectoryReader(Superblock superblock, MetadataStore metadata)
{
    private readonly ListingBookmarks _bookmarks = new();

    /// <summary>Finds a name. Listings are in byte order, so the search ends at the first greater name.</summary>
    public bool TryFind(in Inode directory, ReadOnlySpan<byte> name, out InodeReference reference)
    {
        reference = default;
        if (directory.ListingLength == 0 || name.Length > EntryName.MaxLength)
        {
            return false;
        }

        Span<byte> room = stackalloc byte[EntryName.MaxLength + 1];
        var place = StartOf(directory);
        if (directory.IndexCount > 0)
        {
            place = PlaceBefore(directory, name, room);
        }

        var listing = new ListingCursor(metadata, superblock.DirectoryTable, directory.ListingLength, place, room);
        try
        {
            while (listing.MoveNext())
            {
                var order = listing.Name.SequenceCompareTo(name);
                if (order == 0)
                {
                    reference = listing.Reference;
                    return true;
                }

                if (order > 0)
                {
                    return false;
                }
            }

            return false;
        }
        finally
        {
            listing.Dispose();
        }
    }

    /// <summary>Passes the entries to the sink, as <see cref="IReadableTree.ReadDirectory"/> specifies.</summary>
    public void List(NodeId node, in Inode directory, ulong after, IDirectorySink sink)
    {
        if (directory.ListingLength == 0)
        {
            return;
        }

        Span<byte> room = stackalloc byte[EntryName.MaxLength + 1];
        var place = StartOf(directory);
        if (after != 0 && !_bookmarks.TryFind(node, after, out place))
        {
            place = PlaceOf(directory, after, room);
        }

        var listing = new ListingCursor(metadata, superblock.DirectoryTable, directory.ListingLength, place, room);
        try
        {
            while (listing.MoveNext())
            {
                var next = listing.Place;
                var entry = new DirectoryEntry(
                    SquashFsNode.Of(listing.Reference, superblock), listing.InodeNumber, listing.Kind, ListingCookie.Of(next));
                if (!sink.TryAdd(listing.Name, entry))
                {
                    _bookmarks.Keep(node, ListingCookie.Of(place), place);
                    return;
                }

                place = next;
            }

            _bookmarks.Keep(node, ListingCookie.Of(place), place);
        }
        finally
        {
            listing.Dispose();
        }
    }

    private static ListingPosition StartOf(in Inode directory) => new() { Block = directory.Start, Offset = directory.ListingOffset };

    /// <summary>The position of a cookie: the index leads to the last known header before it, then headers are read one by one.</summary>
    private ListingPosition PlaceOf(in Inode directory, ulong cookie, Span<byte> room)
    {
        var (header, taken) = ListingCookie.Parse(cookie);
        if (cookie < DirectoryEntry.FirstCookie || header >= directory.ListingLength || taken is 0 or > SquashFsFormat.MaxHeaderEntries)
        {
            throw new TreeException(TreeFailure.NotFound, $"The cookie {cookie} was not given for this directory.");
        }

        var place = PlaceBefore(directory, header, room);
        var cursor = new MetadataCursor(metadata, superblock.DirectoryTable, place.Block, place.Offset);
        try
        {
            cursor.Skip(header - place.Position);
            cursor.EnterNextIfAtEnd();
            place = new ListingPosition { Block = cursor.Block, Offset = cursor.Offset, Position = header };
        }
        finally
        {
            cursor.Dispose();
        }

        var listing = new ListingCursor(metadata, superblock.DirectoryTable, directory.ListingLength, place, room);
        try
        {
            for (var i = 0; i < taken && listing.MoveNext(); i++)
            {
            }

            return listing.Place;
        }
        finally
        {
            listing.Dispose();
        }
    }

    /// <summary>The last header in the index whose first name is not greater than the wanted one.</summary>
    private ListingPosition PlaceBefore(in Inode directory, ReadOnlySpan<byte> name, Span<byte> room)
    {
        var place = StartOf(directory);
        var index = new MetadataCursor(metadata, superblock.InodeTable, directory.TailBlock, directory.TailOffset);
        try
        {
            for (var i = 0; i < directory.IndexCount; i++)
            {
                var entry = ReadIndexEntry(ref index, directory);
                if (index.Take((int)entry.NameLengthMinusOne + 1, room).SequenceCompareTo(name) > 0)
                {
                    break;
                }

                place = PlaceOf(directory, entry);
            }
        }
        finally
        {
            index.Dispose();
        }

        return place;
    }

    /// <summary>The last header in the index that is not after a position in the listing.</summary>
    private ListingPosition PlaceBefore(in Inode directory, long position, Span<byte> room)
    {
        var place = StartOf(directory);
        var index = new MetadataCursor(metadata, superblock.InodeTable, directory.TailBlock, directory.TailOffset);
        try
        {
            for (var i = 0; i < directory.IndexCount; i++)
            {
                var entry = ReadIndexEntry(ref index, directory);
                if (entry.ListingPosition > position)
                {
                    break;
                }

                index.Take((int)entry.NameLengthMinusOne + 1, room);
                place = PlaceOf(directory, entry);
            }
        }
        finally
        {
            index.Dispose();
        }

        return place;
    }

    private static RawDirectoryIndex ReadIndexEntry(ref MetadataCursor index, in Inode directory)
    {
        var entry = index.Read<RawDirectoryIndex>();
        return entry.NameLengthMinusOne < EntryName.MaxLength && entry.ListingPosition < directory.ListingLength
            ? entry
            : throw new ImageException(
                ImageFault.Listing,
                $"A directory's index points to {entry.ListingPosition} of {directory.ListingLength} with a name of "
                + $"{entry.NameLengthMinusOne + 1L} bytes.");
    }

    private ListingPosition PlaceOf(in Inode directory, in RawDirectoryIndex entry) => new()
    {
        Block = superblock.DirectoryTable.Start + entry.Block,
        Offset = (int)((directory.ListingOffset + entry.ListingPosition) % SquashFsFormat.MetadataSize),
        Position = entry.ListingPosition,
    };
}

using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>A place between two entries of a listing, with all that is needed to read on from there.</summary>
internal record struct ListingPlace
{
    /// <summary>Metadata block and offset in its content.</summary>
    public long Block;

    public int Offset;

    /// <summary>Bytes of the listing before this place.</summary>
    public long Position;

    /// <summary>Bytes of the listing before the header that holds for the next entry.</summary>
    public long HeaderPosition;

    /// <summary>That header.</summary>
    public RawDirectoryHeader Header;

    /// <summary>Entries that were read behind that header.</summary>
    public uint Taken;

    /// <summary>Entries that are left behind that header.</summary>
    public uint Left;
}

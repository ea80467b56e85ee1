using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>The place behind an entry as a number: the header's position in the listing and how many of its entries were taken.</summary>
internal static class ListingCookie
{
    private const int TakenBits = 9;

    public static ulong Of(in ListingPlace place) => (((ulong)place.HeaderPosition << TakenBits) | place.Taken) + DirectoryEntry.FirstCookie;

    public static (long HeaderPosition, uint Taken) Parse(ulong cookie)
    {
        var value = cookie - DirectoryEntry.FirstCookie;
        return ((long)(value >> TakenBits), (uint)(value & ((1 << TakenBits) - 1)));
    }
}

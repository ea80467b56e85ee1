using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// Remembers where recent readings of directories stopped, so that going on costs nothing. A lost bookmark costs a walk to
/// the place.
/// </summary>
internal sealed class ListingBookmarks
{
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private readonly (NodeId Directory, ulong Cookie, ListingPlace Place)[] _marks = new (NodeId, ulong, ListingPlace)[Kept];
    private int _next;

    public void Keep(NodeId directory, ulong cookie, in ListingPlace place)
    {
        lock (_gate)
        {
            _marks[_next] = (directory, cookie, place);
            _next = (_next + 1) % Kept;
        }
    }

    public bool TryFind(NodeId directory, ulong cookie, out ListingPlace place)
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

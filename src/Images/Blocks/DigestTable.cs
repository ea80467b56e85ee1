namespace CondaFuse.Images.Blocks;

/// <summary>Digests in the order in which they were added, and found by what they are.</summary>
internal sealed class DigestTable
{
    private readonly ChunkedList<ContentDigest> _digests = new();
    private readonly IndexTable _places;

    public DigestTable() => _places = new IndexTable(place => _digests[place].GetHashCode());

    public int Count => _digests.Count;

    public ContentDigest this[int place] => _digests[place];

    /// <summary>The place of the equal digest that was added; -1 if there is none.</summary>
    public int Find(in ContentDigest digest)
    {
        foreach (var place in _places.Find(digest.GetHashCode()))
        {
            if (_digests[place] == digest)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>Adds a digest that is not there.</summary>
    /// <returns>Its place.</returns>
    public int Add(in ContentDigest digest)
    {
        var place = AddUnfound(digest);
        _places.Add(digest.GetHashCode(), place);
        return place;
    }

    /// <summary>Takes the next place with a digest that is not to be found there.</summary>
    /// <returns>Its place.</returns>
    public int AddUnfound(in ContentDigest digest)
    {
        _digests.Add(digest);
        return _digests.Count - 1;
    }
}

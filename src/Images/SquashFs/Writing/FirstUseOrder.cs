using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// The files that are used first after a mount, found by their paths while the source is walked. Their content is stored after all other content, in
/// the order of the list, so that it can be read in one run that ends at the tables.
/// </summary>
internal sealed class FirstUseOrder
{
    private readonly List<(int Order, PlannedInode File)> _files = [];
    private readonly Dictionary<PlannedInode, Place> _places = [];
    private readonly IReadOnlyList<UsedRange> _used;

    /// <param name="used">The list; its paths start at <paramref name="top"/>.</param>
    /// <param name="top">The image's directory for the source's root.</param>
    public FirstUseOrder(IReadOnlyList<UsedRange> used, PlannedInode top)
    {
        _used = used;
        if (used.Count == 0)
        {
            return;
        }

        var root = new Place();
        for (var index = 0; index < used.Count; index++)
        {
            var place = root;
            foreach (var name in Encoding.Latin1.GetString(used[index].Path.Span).Split('/'))
            {
                place = place.Below.TryGetValue(name, out var known) ? known : place.Below[name] = new Place();
            }

            place.Order = Math.Min(place.Order, index);
        }

        _places.Add(top, root);
        Top = top;
        for (var above = top.Parent; above is not null; above = above.Parent)
        {
            _places.Add(above, new Place());
        }
    }

    private PlannedInode? Top { get; }

    /// <summary>The files in order. Complete after the walk.</summary>
    public IEnumerable<PlannedInode> Files => _files.OrderBy(found => found.Order).Select(found => found.File);

    /// <summary>The list with the paths that its files have in the image, as the image keeps it; null if there is none.</summary>
    public byte[]? Encode()
    {
        if (Top is null)
        {
            return null;
        }

        var above = Encoding.UTF8.GetBytes(Top.Parent is null ? "" : $"{Top.Path()}/");
        return FirstUseList.Format([.. _used.Select(range => range with { Path = (byte[])[.. above, .. range.Path.Span] })]);
    }

    /// <summary>Whether a directory contains such files, or leads to them.</summary>
    public bool LeadsTo(PlannedInode directory) => _places.ContainsKey(directory);

    /// <summary>Called for each new file and directory.</summary>
    /// <param name="directory">The directory that contains it.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>Whether it is a file whose content is stored last.</returns>
    public bool TryTake(PlannedInode directory, PlannedInode entry)
    {
        if (!_places.TryGetValue(directory, out var place) || !place.Below.TryGetValue(Encoding.Latin1.GetString(entry.Name), out var found))
        {
            return false;
        }

        if (entry.Kind == EntryKind.Directory && found.Below.Count > 0)
        {
            _places.Add(entry, found);
        }

        if (entry.Kind != EntryKind.File || found.Order == int.MaxValue)
        {
            return false;
        }

        entry.IsFirstUsed = true;
        _files.Add((found.Order, entry));
        return true;
    }

    /// <summary>A path of the list, or the beginning of one.</summary>
    private sealed class Place
    {
        public Dictionary<string, Place> Below { get; } = new(StringComparer.Ordinal);

        /// <summary>The first use of the file at this path; the highest value for a directory.</summary>
        public int Order { get; set; } = int.MaxValue;
    }
}

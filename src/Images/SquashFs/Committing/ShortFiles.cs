using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// Files of the generation before that are shorter than a block, by length; those of the same name first. Nothing tells their content but the fragment that it
/// is in, which must be decompressed: so few are named, whatever the image holds.
/// </summary>
internal sealed class ShortFiles
{
    /// <summary>Of one name, and of others.</summary>
    private const int MostCandidates = 3;

    /// <summary>No more of one length are looked at.</summary>
    private const int MostSteps = 4096;

    private readonly Dictionary<long, uint> _first = [];
    private readonly uint[] _next;
    private readonly int[] _names;

    public ShortFiles(BaseImage image)
    {
        _next = new uint[image.Inodes.Highest + 1];
        _names = new int[image.Inodes.Highest + 1];
        for (var number = image.Inodes.Highest; number >= 1; number--)
        {
            if (!image.Inodes.TryFind(number, out var record))
            {
                continue;
            }

            var kind = image.Inodes.KindAt(record);
            if (kind == EntryKind.Directory)
            {
                for (var listing = image.ListingAt(record); listing.MoveNext();)
                {
                    _names[Math.Min(listing.Number, image.Inodes.Highest)] = HashOf(listing.Name);
                }
            }
            else if (kind == EntryKind.File && image.Inodes.FileAt(record) is { HasFragment: true, BlockCount: 0 } file)
            {
                ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_first, file.Size, out _);
                (_next[number], first) = (first, number);
            }
        }
    }

    /// <summary>The inode numbers of those that are worth comparing.</summary>
    public List<uint> Like(int length, ReadOnlySpan<byte> name)
    {
        var hash = HashOf(name);
        List<uint> named = [], others = [];
        var number = _first.GetValueOrDefault(length);
        for (var steps = 0; number != 0 && steps < MostSteps && named.Count < MostCandidates; steps++, number = _next[number])
        {
            var list = _names[number] == hash ? named : others;
            if (list.Count < MostCandidates)
            {
                list.Add(number);
            }
        }

        named.AddRange(others);
        return named;
    }

    private static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}

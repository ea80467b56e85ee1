using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The pieces of all fragments, by length and checksum.</summary>
internal sealed class KnownPieces
{
    /// <summary>Maximum number of candidates per length and checksum: there is only one, except for deliberately colliding files.</summary>
    private const int MaxCandidates = 4;

    private readonly Dictionary<ulong, int> _first = [];
    private readonly List<(uint Fragment, uint Offset, int Next)> _places = [];
    private readonly bool[] _known;

    public KnownPieces(BaseImage image)
    {
        var known = FragmentPieces.Read(image.Image, image.Record);
        var listed = image.Fragments.Select(fragment => fragment.Start).ToHashSet();
        Fragments =
        [
            .. image.Fragments,
            .. known.Values.Select(fragment => fragment.Block).Where(block => !listed.Contains(block.Start)).OrderBy(block => block.Start),
        ];
        _known = new bool[Fragments.Length];
        for (var fragment = Fragments.Length - 1; fragment >= 0; fragment--)
        {
            if (!known.TryGetValue(Fragments[fragment].Start, out var found) || found.Block.Size != Fragments[fragment].Size)
            {
                continue;
            }

            _known[fragment] = true;
            var offset = 0u;
            foreach (var piece in found.Pieces)
            {
                ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_first, Key(piece.Length, piece.Checksum), out var others);
                _places.Add(((uint)fragment, offset, others ? first : -1));
                first = _places.Count - 1;
                offset += piece.Length;
            }
        }
    }

    /// <summary>The fragment table of the previous generation, followed by fragments of other generations that it can reuse.</summary>
    public RawFragment[] Fragments { get; }

    /// <summary>Whether all pieces of a fragment are known.</summary>
    public bool Knows(uint fragment) => _known[fragment];

    /// <summary>Possible locations of content with this length and checksum.</summary>
    public IEnumerable<(uint Fragment, uint Offset)> Find(int length, uint checksum)
    {
        var at = _first.GetValueOrDefault(Key((uint)length, checksum), -1);
        for (var candidates = 0; at >= 0 && candidates < MaxCandidates; candidates++)
        {
            var (fragment, offset, next) = _places[at];
            yield return (fragment, offset);
            at = next;
        }
    }

    private static ulong Key(uint length, uint checksum) => ((ulong)length << 32) | checksum;
}

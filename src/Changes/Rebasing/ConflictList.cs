using System.Text;

namespace CondaFuse.Changes.Rebasing;

/// <summary>Notes where both sides did something else, and says which one counts.</summary>
internal sealed class ConflictList(RebaseSide keep)
{
    private readonly Dictionary<string, RebaseConflict> _conflicts = new(StringComparer.Ordinal);

    public RebaseSide Keep => keep;

    /// <summary>Notes one; of a path that is known already nothing more.</summary>
    /// <returns>Whether the layer's side counts.</returns>
    public bool IsMine(byte[] path, SideChange here, SideChange there)
    {
        _conflicts.TryAdd(Encoding.Latin1.GetString(path), new RebaseConflict(path, here, there));
        return keep == RebaseSide.Mine;
    }

    public IReadOnlyList<RebaseConflict> Sorted() => [.. _conflicts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
}

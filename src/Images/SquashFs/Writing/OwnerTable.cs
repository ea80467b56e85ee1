using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Owners and groups in the order of their first use: at most 65535.</summary>
internal sealed class OwnerTable
{
    private readonly Dictionary<uint, ushort> _indices = [];
    private readonly List<uint> _ids = [];

    /// <param name="known">Those that have their places already.</param>
    public OwnerTable(params ReadOnlySpan<uint> known)
    {
        foreach (var id in known)
        {
            _indices.TryAdd(id, (ushort)_ids.Count);
            _ids.Add(id);
        }
    }

    public IReadOnlyList<uint> Ids => _ids;

    public ushort IndexOf(uint id)
    {
        if (!_indices.TryGetValue(id, out var index))
        {
            if (_ids.Count == ushort.MaxValue)
            {
                throw new TreeException(TreeFailure.Unsupported, "The source has more than 65535 different owners and groups, which no SquashFS image can hold.");
            }

            index = (ushort)_ids.Count;
            _indices.Add(id, index);
            _ids.Add(id);
        }

        return index;
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>What a commit asks.</content>
public sealed partial class ChangedTree
{
    /// <inheritdoc/>
    public INumberedTree Base => _state.Base;

    /// <inheritdoc/>
    public ulong HighestInode => _state.Next - 1;

    /// <inheritdoc/>
    public IReadOnlyCollection<ulong> ChangedInodes
    {
        get
        {
            var slot = _gate.EnterRead();
            try
            {
                return [.. _state.Entries.Keys];
            }
            finally
            {
                _gate.ExitRead(slot);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryFindInode(ulong number, out NodeId node)
    {
        var slot = _gate.EnterRead();
        try
        {
            node = _state.NodeOf(number);
            return _state.Find(number) is not null || _state.TryGetBaseNode(number, out _);
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public bool IsUnchanged(NodeId node)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(node);
            return _state.Find(number) is null && _state.TryGetBaseNode(number, out _);
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ContentPiece> GetContent(NodeId file)
    {
        Content? content;
        var slot = _gate.EnterRead();
        try
        {
            content = PeekFile(_state.NumberOf(file)).GetContent();
        }
        finally
        {
            _gate.ExitRead(slot);
        }

        return [.. Union.Content.RunsIn(content).Select(run => PieceOf(run.Offset, run.Extent))];
    }

    private static ContentPiece PieceOf(long offset, in Extent extent) => extent.Source switch
    {
        Extent.Zeros => new ContentPiece(offset, extent.Length, ContentOrigin.Zeros),
        Extent.Data => new ContentPiece(offset, extent.Length, ContentOrigin.Written),
        _ => new ContentPiece(offset, extent.Length, ContentOrigin.Base, extent.Source, extent.Start),
    };
}

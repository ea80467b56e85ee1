using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Reading.</content>
public sealed partial class ChangedTree
{
    private DirectoryView? _spareView;

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node)
    {
        var slot = _gate.EnterRead();
        try
        {
            return _state.Describe(_state.NumberOf(node), node);
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(directory);
            var baseNode = NodeId.Root;
            if (_state.Find(number) is { } entry)
            {
                DemandDirectory(entry);
                if (entry.Names is { } names && names.TryGet(name, out var change))
                {
                    attributes = change.Inode == 0 ? default : _state.Describe(change.Inode);
                    return change.Inode != 0;
                }

                baseNode = entry.BaseNode;
                if (entry.IsNew)
                {
                    attributes = default;
                    return false;
                }
            }
            else
            {
                baseNode = _state.GetBaseNode(number);
            }

            if (!_state.Base.TryLookup(baseNode, name, out attributes))
            {
                return false;
            }

            var node = _state.NodeOf(attributes.Inode);
            attributes = _state.Find(attributes.Inode) is { } found ? found.Describe(node) : attributes with { Node = node };
            return true;
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(directory);
            if (_state.Find(number) is { } entry)
            {
                DemandDirectory(entry);
            }

            return number == _state.RootNumber ? number : _state.ParentOf(number);
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var view = Interlocked.Exchange(ref _spareView, null) ?? new DirectoryView();
        var slot = _gate.EnterRead();
        Source source;
        int lease;
        try
        {
            var number = _state.NumberOf(directory);
            var entry = _state.Find(number);
            if (entry is not null)
            {
                DemandDirectory(entry);
            }

            view.Open(_gate, _state, _epoch, entry, entry?.BaseNode ?? _state.GetBaseNode(number), sink);
            source = _source;
            lease = source.Enter();
        }
        finally
        {
            _gate.ExitRead(slot);
        }

        try
        {
            view.Read(after);
        }
        finally
        {
            source.Exit(lease);
            view.Close();
            Volatile.Write(ref _spareView, view);
        }
    }

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var slot = _gate.EnterRead();
        Source source;
        int lease;
        Content? content = null;
        NodeId baseNode;
        try
        {
            var number = _state.NumberOf(file);
            var entry = _state.Find(number);
            if (entry is { Kind: not EntryKind.File })
            {
                throw new TreeException(
                    entry.IsDirectory ? TreeFailure.IsADirectory : TreeFailure.WrongKind, $"Inode {number} is a {entry.Kind}, not a file.");
            }

            content = entry?.Content;
            baseNode = entry is null ? _state.GetBaseNode(number) : entry.HasContent ? default : entry.BaseNode;
            source = _source;
            lease = source.Enter();
        }
        finally
        {
            _gate.ExitRead(slot);
        }

        try
        {
            return baseNode == default ? ContentReader.Read(source, content, offset, destination) : source.Base.Read(baseNode, offset, destination);
        }
        finally
        {
            source.Exit(lease);
        }
    }

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(symlink);
            if (_state.Find(number) is not { } entry)
            {
                return _state.Base.ReadLink(_state.GetBaseNode(number), destination);
            }

            return entry.Target is not null
                ? XattrView.Give(entry.Target, destination)
                : !entry.IsNew
                    ? _state.Base.ReadLink(entry.BaseNode, destination)
                    : throw new TreeException(TreeFailure.WrongKind, $"Inode {number} is a {entry.Kind}, not a symlink.");
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(node);
            var entry = _state.Find(number);
            if (entry?.Xattrs is { } xattrs)
            {
                return XattrView.TryGet(xattrs, name, destination, out length);
            }

            length = 0;
            return entry is not { IsNew: true } && _state.Base.MayHaveXattrs
                && _state.Base.TryGetXattr(entry?.BaseNode ?? _state.GetBaseNode(number), name, destination, out length);
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        var slot = _gate.EnterRead();
        try
        {
            var number = _state.NumberOf(node);
            var entry = _state.Find(number);
            if (entry?.Xattrs is { } xattrs)
            {
                return XattrView.List(xattrs, destination);
            }

            return entry is { IsNew: true } || !_state.Base.MayHaveXattrs
                ? 0
                : _state.Base.ListXattrs(entry?.BaseNode ?? _state.GetBaseNode(number), destination);
        }
        finally
        {
            _gate.ExitRead(slot);
        }
    }

    private static void DemandDirectory(ChangedEntry entry)
    {
        if (!entry.IsDirectory)
        {
            throw new TreeException(TreeFailure.NotADirectory, $"Inode {entry.Number} is a {entry.Kind}, not a directory.");
        }
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Reads the union. Unchanged entries are read as fast as from the base itself, and readers never wait for each other. The gate is held only while
/// the state in memory is read, so a base or log on slow storage delays neither the writer nor other readers.
/// </summary>
internal sealed class TreeReader(CurrentVersion current)
{
    private DirectoryView? _spareView;

    public TreeTotals Totals
    {
        get
        {
            using var look = current.Look();
            var totals = look.State.Base.Totals; // a tree keeps these in memory
            return totals with { Entries = totals.Entries + look.State.Added, StoredBytes = totals.StoredBytes + look.State.Stored };
        }
    }

    public bool HasChanges
    {
        get
        {
            using var look = current.Look();
            return look.State.HasChanges;
        }
    }

    public IReadOnlyCollection<ulong> ChangedInodes
    {
        get
        {
            using var look = current.Look();
            return [.. look.State.Entries.Keys];
        }
    }

    public Attributes GetAttributes(NodeId node)
    {
        BaseEntry below;
        using (var look = current.Look())
        {
            var number = look.State.NumberOf(node);
            if (look.State.Find(number) is { } entry)
            {
                return entry.Describe(node);
            }

            below = look.HoldBase(number, entry: null);
        }

        using (below)
        {
            return below.Tree.GetAttributes(below.Node) with { Node = node };
        }
    }

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        while (true)
        {
            TreeVersion version;
            BaseEntry below;
            var isRenamed = false;
            bool hasChanges;
            using (var look = current.Look())
            {
                version = look.Version;
                var state = look.State;
                hasChanges = state.HasChanges;
                var number = state.NumberOf(directory);
                var entry = state.Find(number);
                entry?.DemandDirectory();
                if (entry?.Names is { } names && names.TryGet(name, out var change))
                {
                    attributes = default;
                    if (change.Inode == 0)
                    {
                        return false;
                    }

                    if (state.Find(change.Inode) is { } target)
                    {
                        attributes = target.Describe(state.NodeOf(change.Inode));
                        return true;
                    }

                    isRenamed = true;
                    below = look.HoldBase(change.Inode, entry: null);
                }
                else if (entry is { IsNew: true })
                {
                    attributes = default;
                    return false;
                }
                else
                {
                    below = look.HoldBase(number, entry);
                }
            }

            using (below)
            {
                if (isRenamed)
                {
                    attributes = below.Tree.GetAttributes(below.Node);
                }
                else if (!below.Tree.TryLookup(below.Node, name, out attributes))
                {
                    return false;
                }
            }

            if (!hasChanges)
            {
                attributes = attributes with { Node = version.State.NodeOf(attributes.Inode) };
                return true;
            }

            if (TryTakeChanges(version, directory, name, isRenamed, ref attributes))
            {
                return true;
            }
        }
    }

    public ulong GetParentInode(NodeId directory)
    {
        BaseEntry below;
        using (var look = current.Look())
        {
            var number = look.State.NumberOf(directory);
            var entry = look.State.Find(number)?.DemandDirectory();
            if (entry is not null || number == look.State.RootNumber)
            {
                return number == look.State.RootNumber ? number : entry!.Parent;
            }

            below = look.HoldBase(number, entry: null);
        }

        using (below)
        {
            return below.Tree.GetParentInode(below.Node);
        }
    }

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        TreeVersion version;
        BaseEntry below;
        DirectoryChanges? names;
        bool isNew;
        using (var look = current.Look())
        {
            version = look.Version;
            var number = look.State.NumberOf(directory);
            var entry = look.State.Find(number)?.DemandDirectory();
            (names, isNew) = (entry?.Names, entry is { IsNew: true });
            below = look.HoldBase(number, entry);
        }

        using (below)
        {
            var view = Interlocked.Exchange(ref _spareView, null) ?? new DirectoryView();
            try
            {
                view.Open(current.Gate, version, names, isNew ? default : below.Node, sink);
                view.Read(after);
            }
            finally
            {
                view.Close();
                Volatile.Write(ref _spareView, view);
            }
        }
    }

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        BaseEntry below;
        Content? content;
        bool hasContent;
        using (var look = current.Look())
        {
            var number = look.State.NumberOf(file);
            var entry = look.State.Find(number)?.DemandFile();
            (content, hasContent) = (entry?.Content, entry is { HasContent: true });
            below = look.HoldBase(number, entry);
        }

        using (below)
        {
            return hasContent
                ? ContentReader.Read(below.Source, content, offset, destination)
                : below.Tree.Read(below.Node, offset, destination);
        }
    }

    public long Seek(NodeId file, long offset, SeekTarget target)
    {
        var (content, size) = ContentOf(file);
        if (offset < 0 || offset >= size)
        {
            throw new TreeException(TreeFailure.NoSuchRange, $"{offset} is not before the end, {size}.");
        }

        var found = Content.Seek(content, offset, target == SeekTarget.Hole);
        return found >= 0
            ? found
            : target == SeekTarget.Hole
                ? size
                : throw new TreeException(TreeFailure.NoSuchRange, $"There are no data after byte {offset}.");
    }

    public IReadOnlyList<ContentPiece> GetContent(NodeId file) =>
        [.. Content.RunsIn(ContentOf(file).Content).Select(run => run.Extent.PieceAt(run.Offset))];

    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        BaseEntry below;
        using (var look = current.Look())
        {
            var number = look.State.NumberOf(symlink);
            var entry = look.State.Find(number);
            if (entry?.Target is { } target)
            {
                return XattrView.Give(target, destination);
            }

            if (entry is { IsNew: true })
            {
                throw new TreeException(TreeFailure.WrongKind, $"Inode {number} is a {entry.Kind}, not a symlink.");
            }

            below = look.HoldBase(number, entry);
        }

        using (below)
        {
            return below.Tree.ReadLink(below.Node, destination);
        }
    }

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        BaseEntry below;
        length = 0;
        using (var look = current.Look())
        {
            var number = look.State.NumberOf(node);
            var entry = look.State.Find(number);
            if (entry?.Xattrs is { } xattrs)
            {
                return XattrView.TryGet(xattrs, name, destination, out length);
            }

            if (entry is { IsNew: true } || !look.State.Base.MayHaveXattrs)
            {
                return false;
            }

            below = look.HoldBase(number, entry);
        }

        using (below)
        {
            return below.Tree.TryGetXattr(below.Node, name, destination, out length);
        }
    }

    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        BaseEntry below;
        using (var look = current.Look())
        {
            var number = look.State.NumberOf(node);
            var entry = look.State.Find(number);
            if (entry?.Xattrs is { } xattrs)
            {
                return XattrView.List(xattrs, destination);
            }

            if (entry is { IsNew: true } || !look.State.Base.MayHaveXattrs)
            {
                return 0;
            }

            below = look.HoldBase(number, entry);
        }

        using (below)
        {
            return below.Tree.ListXattrs(below.Node, destination);
        }
    }

    public bool TryFindInode(ulong number, out NodeId node)
    {
        bool isChanged;
        using (var look = current.Look())
        {
            node = look.State.NodeOf(number);
            isChanged = look.State.Find(number) is not null;
        }

        return isChanged || IsInBase(number);
    }

    public bool IsUnchanged(NodeId node)
    {
        ulong number;
        using (var look = current.Look())
        {
            number = look.State.NumberOf(node);
            if (look.State.Find(number) is not null)
            {
                return false;
            }
        }

        return IsInBase(number);
    }

    /// <summary>Whether an unchanged entry is in the base and was not removed.</summary>
    private bool IsInBase(ulong number)
    {
        UnionState state;
        SourceLease lease;
        using (var look = current.Look())
        {
            state = look.State;
            if (state.Gone.Contains(number))
            {
                return false;
            }

            lease = look.Hold();
        }

        using (lease)
        {
            return number == state.RootNumber || state.Base.TryFindInode(number, out _);
        }
    }

    /// <summary>Content and length of a file, changed or not.</summary>
    private (Content? Content, long Size) ContentOf(NodeId file)
    {
        BaseEntry below;
        UnionState state;
        ulong number;
        using (var look = current.Look())
        {
            state = look.State;
            number = state.NumberOf(file);
            if (state.Find(number)?.DemandFile() is { } entry)
            {
                return (entry.GetContent(), entry.Size);
            }

            below = look.HoldBase(number, entry: null);
        }

        using (below)
        {
            var entry = state.PeekBase(number).DemandFile();
            return (entry.GetContent(), entry.Size);
        }
    }

    /// <summary>Adds the changes to an entry that was found in the base's directory.</summary>
    /// <param name="version">The version that the entry was read from.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="isRenamed">Whether the name was found in the state, not in the base.</param>
    /// <param name="attributes">The base's attributes.</param>
    /// <returns>False if the result is invalid: the base was replaced, or the name was changed meanwhile.</returns>
    private bool TryTakeChanges(TreeVersion version, NodeId directory, ReadOnlySpan<byte> name, bool isRenamed, ref Attributes attributes)
    {
        using var look = current.Look();
        var state = look.State;
        var names = state.Find(state.NumberOf(directory))?.Names;
        if (look.Version.State != version.State
            || (names is not null && names.TryGet(name, out var change) ? !isRenamed || change.Inode != attributes.Inode : isRenamed))
        {
            return false;
        }

        var node = state.NodeOf(attributes.Inode);
        attributes = state.Find(attributes.Inode) is { } entry ? entry.Describe(node) : attributes with { Node = node };
        return true;
    }
}

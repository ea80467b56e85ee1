using System.Collections;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// Walks the content of a generation in the order of a new image. Unchanged directories are read from the base's tables, others from the changed
/// tree. Passes on content that must be stored.
/// </summary>
internal sealed class GenerationWalk
{
    private readonly ILayeredTree _tree;
    private readonly BaseImage _image;
    private readonly ChangedInodes _inodes;
    private readonly Action<PlannedInode> _hasNewContent;
    private readonly CancellationToken _cancellation;
    private readonly BitArray _mayBeChanged;
    private readonly List<PlannedInode> _files = [];
    private readonly Stack<PlannedDirectory> _pending = new();
    private readonly GenerationPlan _plan;

    public GenerationWalk(
        ILayeredTree tree, BaseImage image, ChangedInodes inodes, Action<PlannedInode> hasNewContent, CancellationToken cancellation)
    {
        (_tree, _image, _inodes, _hasNewContent, _cancellation) = (tree, image, inodes, hasNewContent, cancellation);
        var numbers = checked((int)Math.Max(image.HighestInode, tree.HighestInode) + 1);
        numbers = Math.Max(numbers, (int)image.Inodes.Highest + 1);
        _mayBeChanged = new BitArray(numbers);
        _plan = new GenerationPlan { Reached = new BitArray(numbers) };
    }

    public GenerationPlan Run()
    {
        foreach (var number in _tree.ChangedInodes)
        {
            _mayBeChanged[(int)number] = true;
        }

        Reach([], (uint)_tree.GetAttributes(NodeId.Root).Inode, EntryKind.Directory, NodeId.Root, parent: null, twin: 0);
        while (_pending.TryPop(out var directory))
        {
            _cancellation.ThrowIfCancellationRequested();
            _plan.Directories.Add(directory);
            var first = _pending.Count;
            if (directory.Names is null)
            {
                ReadBase(directory);
            }
            else
            {
                ReadChanged(directory, directory.Names);
            }

            Reverse(first);
            HandOn();
        }

        CountRemoved();
        return _plan;
    }

    /// <summary>Makes the directory with the first name come next.</summary>
    private void Reverse(int first)
    {
        if (_pending.Count - first > 1)
        {
            var found = new PlannedDirectory[_pending.Count - first];
            for (var i = 0; i < found.Length; i++)
            {
                found[i] = _pending.Pop();
            }

            foreach (var directory in found)
            {
                _pending.Push(directory);
            }
        }
    }

    private void ReadBase(PlannedDirectory directory)
    {
        var listing = _image.ListingAt(directory.Record);
        while (listing.MoveNext())
        {
            _plan.Names++;
            Reach(listing.Name, listing.Number, listing.Kind, node: null, directory, twin: 0);
        }
    }

    private void ReadChanged(PlannedDirectory directory, List<NamedEntry> names)
    {
        var before = directory.Record >= 0 ? _image.ListingAt(directory.Record) : default;
        var isBefore = before.MoveNext();
        foreach (var (name, node, number, kind) in names)
        {
            while (isBefore && before.Name.SequenceCompareTo(name) < 0)
            {
                isBefore = before.MoveNext();
            }

            _plan.Names++;
            Reach(name, number, kind, node, directory, isBefore && before.Name.SequenceEqual(name) ? before.Number : 0);
        }
    }

    private void Reach(ReadOnlySpan<byte> name, uint number, EntryKind kind, NodeId? node, PlannedDirectory? parent, uint twin)
    {
        if (number >= _mayBeChanged.Count)
        {
            throw new TreeException(
                TreeFailure.Corrupt, $"An entry has the inode number {number}, above the highest that was given ({_mayBeChanged.Count - 1}).");
        }

        if (!_plan.Reached[(int)number])
        {
            _plan.Reached[(int)number] = true;
            _plan.Highest = Math.Max(_plan.Highest, number);
            _plan.Counts = _plan.Counts.Plus(kind);
            ReachFirst(name, number, kind, node, parent, twin);
        }
        else if (kind == EntryKind.Directory)
        {
            throw new TreeException(TreeFailure.Corrupt, $"Directory {number} lies in two places.");
        }

        if (kind != EntryKind.Directory && _mayBeChanged[(int)number] && _plan.Changed.TryGetValue(number, out var changed))
        {
            changed.Links++;
        }
    }

    private void ReachFirst(ReadOnlySpan<byte> name, uint number, EntryKind kind, NodeId? node, PlannedDirectory? parent, uint twin)
    {
        var isKnown = _image.Inodes.TryFind(number, out var record);
        PlannedInode? changed = null;
        if (_mayBeChanged[(int)number] || !isKnown)
        {
            changed = Plan(name, number, node, parent?.Changed, isKnown, twin);
        }

        if (kind == EntryKind.Directory)
        {
            _pending.Push(
                new PlannedDirectory(number, parent?.Number ?? 0, isKnown ? record : -1)
                {
                    Changed = changed,
                    Names = changed is null ? null : NamedEntry.Of(_tree, changed.Node),
                });
        }
        else if (kind == EntryKind.File)
        {
            _plan.ContentBytes += changed?.Size ?? _image.Inodes.FileAt(record).Size;
        }
    }

    /// <summary>Plans an entry that may be changed; null if it is not.</summary>
    private PlannedInode? Plan(ReadOnlySpan<byte> name, uint number, NodeId? node, PlannedInode? parent, bool isKnown, uint twin)
    {
        if (node is not { } found && !_tree.TryFindInode(number, out found))
        {
            throw new TreeException(TreeFailure.Corrupt, $"The changed tree does not know inode {number}.");
        }

        if (isKnown && _tree.IsUnchanged(found))
        {
            return null;
        }

        var inode = _inodes.Plan(found, number, parent, name.ToArray());
        _plan.Changed.Add(number, inode);
        _mayBeChanged[(int)number] = true;
        var difference = _plan.Difference;
        var isSame = inode.Kind != EntryKind.File;
        if (inode.Kind == EntryKind.File)
        {
            inode.Twin = isKnown ? number : twin;
            if (_inodes.PlanContent(inode, out isSame))
            {
                _files.Add(inode);
            }
        }

        _plan.Difference = isKnown
            ? difference with { Changed = difference.Changed + 1, ChangedBytes = difference.ChangedBytes + (isSame ? 0 : inode.Size) }
            : difference with { Added = difference.Added + 1, AddedBytes = difference.AddedBytes + inode.Size };
        return inode;
    }

    private void HandOn()
    {
        foreach (var file in _files.OrderBy(file => FileExtension.Of(file.Name), FileExtension.Order))
        {
            _hasNewContent(file);
        }

        _files.Clear();
    }

    private void CountRemoved()
    {
        var (removed, bytes) = (0L, 0L);
        for (var number = 1u; number <= _image.Inodes.Highest; number++)
        {
            if (!_plan.Reached[(int)number] && _image.Inodes.TryFind(number, out var record))
            {
                removed++;
                bytes += _image.Inodes.KindAt(record) == EntryKind.File ? _image.Inodes.FileAt(record).Size : 0;
            }
        }

        _plan.Difference = _plan.Difference with { Removed = removed, RemovedBytes = bytes };
    }
}

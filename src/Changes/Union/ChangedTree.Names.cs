using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Making, linking, removing, renaming.</content>
public sealed partial class ChangedTree
{
    /// <inheritdoc/>
    public Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry)
    {
        if (entry.Kind == EntryKind.Symlink)
        {
            throw new TreeException(TreeFailure.Invalid, "A symlink needs a target.");
        }

        return Create(ChangeKind.Create, directory, name, [], entry);
    }

    /// <inheritdoc/>
    public Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry) =>
        Create(ChangeKind.Create, directory, name, target, entry with { Kind = EntryKind.Symlink });

    /// <inheritdoc/>
    public Attributes CreateUnnamed(NodeId directory, in NewEntry entry) =>
        Create(ChangeKind.CreateUnnamed, directory, [], [], entry with { Kind = EntryKind.File });

    /// <inheritdoc/>
    public Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name)
    {
        lock (_writer)
        {
            var number = _state.NumberOf(node);
            Perform(new Change { Kind = ChangeKind.Link, Time = Now(), Node = number, Directory = _state.NumberOf(directory), Name = name });
            return _state.Describe(number);
        }
    }

    /// <inheritdoc/>
    public void Unlink(NodeId directory, ReadOnlySpan<byte> name) => Remove(directory, name, isDirectory: false);

    /// <inheritdoc/>
    public void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name) => Remove(directory, name, isDirectory: true);

    /// <inheritdoc/>
    public void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode)
    {
        lock (_writer)
        {
            var (from, to) = (Resolve(fromDirectory, fromName), Resolve(toDirectory, toName));
            if (!from.Exists || (mode == RenameMode.Exchange && !to.Exists))
            {
                throw new TreeException(TreeFailure.NotFound, "There is no such name to rename.");
            }

            if (mode == RenameMode.NoReplace && to.Exists)
            {
                throw new TreeException(TreeFailure.Exists, "The name is there already.");
            }

            if (from.Inode == to.Inode)
            {
                return;
            }

            Perform(new Change
            {
                Kind = mode == RenameMode.Exchange ? ChangeKind.Exchange : ChangeKind.Rename,
                Time = Now(),
                Directory = _state.NumberOf(fromDirectory),
                Name = fromName,
                Directory2 = _state.NumberOf(toDirectory),
                Name2 = toName,
            });
        }
    }

    /// <inheritdoc/>
    public void Forget(NodeId node)
    {
        lock (_writer)
        {
            // Nothing is logged: replay drops what has no name at its end.
            if (_state.Find(_state.NumberOf(node)) is { LinkCount: 0 } entry)
            {
                _gate.EnterWrite();
                _state.Drop(entry);
                _gate.ExitWrite();
                if (_log is { } log)
                {
                    ReclaimSoon(log);
                }
            }
        }
    }

    private Attributes Create(ChangeKind kind, NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry)
    {
        lock (_writer)
        {
            var parent = _state.Peek(_state.NumberOf(directory));
            DemandDirectory(parent);
            if (parent.LinkCount == 0)
            {
                throw new TreeException(TreeFailure.NotFound, $"Directory {parent.Number} was removed.");
            }

            var number = _state.Next;
            if (number > uint.MaxValue)
            {
                throw new TreeException(TreeFailure.NoSpace, "All inode numbers were given.");
            }

            var inheritsGroup = (parent.Permissions & ChangedEntry.SetGroupId) != 0;
            var setGroupId = inheritsGroup && entry.Kind == EntryKind.Directory ? ChangedEntry.SetGroupId : 0;
            Perform(new Change
            {
                Kind = kind,
                Time = Now(),
                Node = number,
                Directory = parent.Number,
                Name = name,
                Value = target,
                EntryKind = entry.Kind,
                Permissions = (ushort)(entry.Permissions | setGroupId),
                UserId = entry.UserId,
                GroupId = inheritsGroup ? parent.GroupId : entry.GroupId,
                DeviceMajor = entry.DeviceMajor,
                DeviceMinor = entry.DeviceMinor,
            });
            return _state.Describe(number);
        }
    }

    private void Remove(NodeId directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        lock (_writer)
        {
            var target = Resolve(directory, name);
            if (target.Exists && (target.Kind == EntryKind.Directory) != isDirectory)
            {
                throw new TreeException(
                    isDirectory ? TreeFailure.NotADirectory : TreeFailure.IsADirectory, $"Inode {target.Inode} is a {target.Kind}.");
            }

            Perform(new Change { Kind = ChangeKind.Remove, Time = Now(), Directory = _state.NumberOf(directory), Name = name });
        }
    }

    private NameTarget Resolve(NodeId directory, ReadOnlySpan<byte> name)
    {
        if (name.Length > EntryName.MaxLength)
        {
            throw new TreeException(TreeFailure.NameTooLong, $"A name of {name.Length} bytes.");
        }

        var entry = _state.Peek(_state.NumberOf(directory));
        DemandDirectory(entry);
        return _state.Resolve(entry, name);
    }
}

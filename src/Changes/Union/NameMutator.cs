using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Creates, links, removes and renames entries.</summary>
internal sealed class NameMutator(ChangeWriter writer)
{
    public Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry)
    {
        if (entry.Kind == EntryKind.Symlink)
        {
            throw new TreeException(TreeFailure.Invalid, "A symlink needs a target.");
        }

        return Create(ChangeKind.Create, directory, name, [], entry);
    }

    public Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry) =>
        Create(ChangeKind.Create, directory, name, target, entry with { Kind = EntryKind.Symlink });

    public Attributes CreateUnnamed(NodeId directory, in NewEntry entry) =>
        Create(ChangeKind.CreateUnnamed, directory, [], [], entry with { Kind = EntryKind.File });

    public Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name)
    {
        lock (writer.Gate)
        {
            var number = writer.State.NumberOf(node);
            writer.Perform(
                new Change { Kind = ChangeKind.Link, Time = writer.Now(), Node = number, Directory = writer.State.NumberOf(directory), Name = name });
            return writer.State.Describe(number);
        }
    }

    public void Unlink(NodeId directory, ReadOnlySpan<byte> name) => Remove(directory, name, isDirectory: false);

    public void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name) => Remove(directory, name, isDirectory: true);

    public void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode)
    {
        lock (writer.Gate)
        {
            var (from, to) = (Resolve(fromDirectory, fromName), Resolve(toDirectory, toName));
            if (!from.Exists || (mode == RenameMode.Exchange && !to.Exists))
            {
                throw new TreeException(TreeFailure.NotFound, "There is no such name to rename.");
            }

            if (mode == RenameMode.NoReplace && to.Exists)
            {
                throw new TreeException(TreeFailure.Exists, "The name exists already.");
            }

            if (from.Inode == to.Inode)
            {
                return;
            }

            writer.Perform(new Change
            {
                Kind = mode == RenameMode.Exchange ? ChangeKind.Exchange : ChangeKind.Rename,
                Time = writer.Now(),
                Directory = writer.State.NumberOf(fromDirectory),
                Name = fromName,
                Directory2 = writer.State.NumberOf(toDirectory),
                Name2 = toName,
            });
        }
    }

    public void Forget(NodeId node)
    {
        lock (writer.Gate)
        {
            if (writer.State.Find(writer.State.NumberOf(node)) is { LinkCount: 0 } entry)
            {
                writer.Forget(entry);
            }
        }
    }

    private Attributes Create(ChangeKind kind, NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry)
    {
        lock (writer.Gate)
        {
            var parent = writer.State.Peek(writer.State.NumberOf(directory)).DemandDirectory();
            if (parent.LinkCount == 0)
            {
                throw new TreeException(TreeFailure.NotFound, $"Directory {parent.Number} was removed.");
            }

            var number = writer.State.Next;
            if (number > uint.MaxValue)
            {
                throw new TreeException(TreeFailure.NoSpace, "No inode number is left.");
            }

            var inheritsGroup = (parent.Permissions & ChangedEntry.SetGroupId) != 0;
            var setGroupId = inheritsGroup && entry.Kind == EntryKind.Directory ? ChangedEntry.SetGroupId : 0;
            writer.Perform(new Change
            {
                Kind = kind,
                Time = writer.Now(),
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
            return writer.State.Describe(number);
        }
    }

    private void Remove(NodeId directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        lock (writer.Gate)
        {
            var target = Resolve(directory, name);
            if (target.Exists && (target.Kind == EntryKind.Directory) != isDirectory)
            {
                throw new TreeException(
                    isDirectory ? TreeFailure.NotADirectory : TreeFailure.IsADirectory, $"Inode {target.Inode} is a {target.Kind}.");
            }

            writer.Perform(new Change { Kind = ChangeKind.Remove, Time = writer.Now(), Directory = writer.State.NumberOf(directory), Name = name });
        }
    }

    private NameTarget Resolve(NodeId directory, ReadOnlySpan<byte> name)
    {
        if (name.Length > EntryName.MaxLength)
        {
            throw new TreeException(TreeFailure.NameTooLong, $"A name of {name.Length} bytes is too long.");
        }

        return writer.State.Resolve(writer.State.Peek(writer.State.NumberOf(directory)).DemandDirectory(), name);
    }
}

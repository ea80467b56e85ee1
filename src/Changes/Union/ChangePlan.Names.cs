using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Changes of names.</content>
internal sealed partial class ChangePlan
{
    private static void DemandName(ReadOnlySpan<byte> name)
    {
        Demand(name.Length <= EntryName.MaxLength, TreeFailure.NameTooLong, $"A name of {name.Length} bytes.");
        Demand(EntryName.IsValid(name), TreeFailure.Invalid, $"The name {Convert.ToHexString(name)} (hexadecimal) is not a legal one.");
    }

    private static void CountDirectory(ChangedEntry parent, int difference)
    {
        // Foreign images may count otherwise: never below what a directory has.
        parent.LinkCount = (uint)Math.Max(2, parent.LinkCount + difference);
    }

    private NameTarget Existing(ChangedEntry directory, ReadOnlySpan<byte> name)
    {
        var target = state.Resolve(directory, name);
        return target.Exists ? target : throw new TreeException(TreeFailure.NotFound, $"Directory {directory.Number} has no such name.");
    }

    private void PrepareNew(in Change change, bool isLinkable)
    {
        Demand(change.Node is > 0 and <= uint.MaxValue, TreeFailure.Invalid, $"{change.Node} is not an inode number.");
        _replaced = state.Find(change.Node);
        Demand(
            _replaced is null ? !state.Gone.Contains(change.Node) && !state.TryGetBaseNode(change.Node, out _) : isReplay && _replaced.LinkCount == 0,
            TreeFailure.Invalid, $"The inode number {change.Node} was given before.");
        Demand(change.Permissions <= 0xFFF && change.EntryKind <= EntryKind.Socket, TreeFailure.Invalid, "No such permissions or kind.");
        var isDirectory = change.EntryKind == EntryKind.Directory;
        var isDevice = change.EntryKind is EntryKind.BlockDevice or EntryKind.CharacterDevice;
        Demand(
            change.EntryKind != EntryKind.Symlink || (change.Value.Length is > 0 and <= 4095 && !change.Value.Contains((byte)0)),
            change.Value.Length > 4095 ? TreeFailure.NameTooLong : TreeFailure.Invalid, $"A target of {change.Value.Length} bytes.");
        _node = new ChangedEntry
        {
            Number = change.Node,
            Kind = change.EntryKind,
            Permissions = change.Permissions,
            UserId = change.UserId,
            GroupId = change.GroupId,
            OwnerWasSet = true,
            LinkCount = isLinkable ? 0u : isDirectory ? 2u : 1u,
            Modified = change.Time,
            Accessed = change.Time,
            Changed = change.Time,
            DeviceMajor = isDevice ? change.DeviceMajor : 0,
            DeviceMinor = isDevice ? change.DeviceMinor : 0,
            Target = change.EntryKind == EntryKind.Symlink ? change.Value.ToArray() : null,
            IsLinkable = isLinkable,
            Parent = change.Directory,
            Names = isDirectory ? new DirectoryChanges() : null,
        };
        if (change.EntryKind == EntryKind.File)
        {
            _node.SetContent(null);
        }
    }

    private void PrepareCreate(in Change change)
    {
        DemandName(change.Name);
        _directory = PeekDirectory(change.Directory);
        _name = state.Resolve(_directory, change.Name);
        Demand(!_name.Exists, TreeFailure.Exists, "The name is there already.");
        PrepareNew(change, isLinkable: false);
    }

    private void PrepareCreateUnnamed(in Change change)
    {
        Demand(change.EntryKind == EntryKind.File || isReplay, TreeFailure.Invalid, "Only files can be without a name.");
        PrepareNew(change, isLinkable: true);
    }

    private void KeepNew()
    {
        if (_replaced is not null)
        {
            state.Drop(_replaced);
            _replaced = null;
        }

        state.Keep(Node);
    }

    private void ApplyCreate(in Change change)
    {
        KeepNew();
        SetName(_directory!, change.Name, _name, Node, change.Time);
    }

    private void PrepareLink(in Change change)
    {
        DemandName(change.Name);
        _directory = PeekDirectory(change.Directory);
        _name = state.Resolve(_directory, change.Name);
        Demand(!_name.Exists, TreeFailure.Exists, "The name is there already.");
        _node = Peek(change.Node);
        Demand(!Node.IsDirectory, TreeFailure.NotPermitted, "Directories have one name only.");
        Demand(Node.LinkCount > 0 || Node.IsLinkable || isReplay, TreeFailure.NotFound, $"Inode {Node.Number} was removed.");
        Demand(Node.LinkCount < MaxLinks, TreeFailure.TooManyLinks, $"Inode {Node.Number} has {Node.LinkCount} names.");
    }

    private void ApplyLink(in Change change)
    {
        Node.LinkCount++;
        Node.IsLinkable = false;
        Node.Changed = change.Time;
        SetName(_directory!, change.Name, _name, Node, change.Time);
    }

    private void PrepareRemove(in Change change)
    {
        _directory = PeekDirectory(change.Directory);
        _name = Existing(_directory, change.Name);
        _target = Peek(_name.Inode);
        Demand(!_target.IsDirectory || state.IsEmpty(_target), TreeFailure.NotEmpty, $"Directory {_target.Number} is not empty.");
    }

    private void ApplyRemove(in Change change)
    {
        RemoveName(_directory!, change.Name, _name, _target!, change.Time);
        CountNameLess(_target!, change.Time);
    }

    private void PrepareRename(in Change change)
    {
        DemandName(change.Name2);
        _directory = PeekDirectory(change.Directory);
        _directory2 = PeekDirectory(change.Directory2);
        _name = Existing(_directory, change.Name);
        _name2 = state.Resolve(_directory2, change.Name2);
        _target = Peek(_name.Inode);
        DemandNotBelow(_target, _directory2);
        Demand(_name2.Inode != _target.Number, TreeFailure.Invalid, "Both names lead to the same entry.");
        if (!_name2.Exists)
        {
            return;
        }

        _target2 = Peek(_name2.Inode);
        Demand(
            !_target2.IsDirectory || !IsAtOrAbove(_target2, _directory),
            TreeFailure.NotEmpty,
            $"Directory {_target2.Number} holds what is to replace it.");
        Demand(_target2.IsDirectory || !_target.IsDirectory, TreeFailure.NotADirectory, "A directory cannot replace what is none.");
        Demand(!_target2.IsDirectory || _target.IsDirectory, TreeFailure.IsADirectory, "Only a directory can replace a directory.");
        Demand(!_target2.IsDirectory || state.IsEmpty(_target2), TreeFailure.NotEmpty, $"Directory {_target2.Number} is not empty.");
    }

    private void ApplyRename(in Change change)
    {
        RemoveName(_directory!, change.Name, _name, _target!, change.Time);
        if (_target2 is not null)
        {
            if (_target2.IsDirectory)
            {
                CountDirectory(_directory2!, -1);
            }

            CountNameLess(_target2, change.Time);
        }

        SetName(_directory2!, change.Name2, _name2, _target!, change.Time);
        _target!.Changed = change.Time;
    }

    private void PrepareExchange(in Change change)
    {
        _directory = PeekDirectory(change.Directory);
        _directory2 = PeekDirectory(change.Directory2);
        _name = Existing(_directory, change.Name);
        _name2 = Existing(_directory2, change.Name2);
        _target = Peek(_name.Inode);
        _target2 = Peek(_name2.Inode);
        DemandNotBelow(_target, _directory2);
        DemandNotBelow(_target2, _directory);
        Demand(_target != _target2, TreeFailure.Invalid, "Both names lead to the same entry.");
    }

    private void ApplyExchange(in Change change)
    {
        RemoveName(_directory!, change.Name, _name, _target!, change.Time, keepsName: true);
        RemoveName(_directory2!, change.Name2, _name2, _target2!, change.Time, keepsName: true);
        SetName(_directory!, change.Name, _name, _target2!, change.Time);
        SetName(_directory2!, change.Name2, _name2, _target!, change.Time);
        _target!.Changed = _target2!.Changed = change.Time;
    }

    /// <summary>A directory must not come to lie in itself or below.</summary>
    private void DemandNotBelow(ChangedEntry entry, ChangedEntry directory)
    {
        if (entry.IsDirectory)
        {
            Demand(!IsAtOrAbove(entry, directory), TreeFailure.Invalid, $"Directory {entry.Number} would come to lie below itself.");
        }
    }

    private bool IsAtOrAbove(ChangedEntry entry, ChangedEntry directory)
    {
        var steps = 0;
        for (var number = directory.Number; number != entry.Number; number = state.ParentOf(number))
        {
            if (number == state.RootNumber)
            {
                return false;
            }

            Demand(++steps < 1 << 20, TreeFailure.Corrupt, $"Directory {directory.Number} lies in no root.");
        }

        return true;
    }

    private static void SetName(ChangedEntry directory, ReadOnlySpan<byte> name, in NameTarget before, ChangedEntry entry, Timestamp time)
    {
        (directory.Names ??= new DirectoryChanges()).Set(name, entry.Number, entry.Kind, before.IsBaseName);
        directory.TouchContent(time);
        if (entry.IsDirectory)
        {
            CountDirectory(directory, 1);
            entry.Parent = directory.Number;
        }
    }

    private static void RemoveName(
        ChangedEntry directory, ReadOnlySpan<byte> name, in NameTarget before, ChangedEntry entry, Timestamp time, bool keepsName = false)
    {
        if (!keepsName)
        {
            (directory.Names ??= new DirectoryChanges()).Remove(name, before.IsBaseName);
        }

        directory.TouchContent(time);
        if (entry.IsDirectory)
        {
            CountDirectory(directory, -1);
        }
    }

    private static void CountNameLess(ChangedEntry entry, Timestamp time)
    {
        entry.LinkCount = entry.IsDirectory || entry.LinkCount == 0 ? 0 : entry.LinkCount - 1;
        entry.Changed = time;
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Checks live and replayed changes, and reads what they need from the base, without changing anything.</summary>
/// <param name="state">The state.</param>
/// <param name="isReplay">Whether an entry that lost all its names may get one again or be recreated, as happens when a whole state is written as
/// changes.</param>
internal sealed class ChangePlanner(UnionState state, bool isReplay = false)
{
    /// <summary>Longest file in bytes: the limit of SquashFS tools.</summary>
    public const long MaxFileSize = 1L << 44;

    private const uint MaxLinks = int.MaxValue;
    private const int MaxXattrValue = 65536;
    private const int MaxXattrList = 65536;

    /// <summary>File capabilities, which are removed whenever set-id bits are cleared.</summary>
    public static ReadOnlySpan<byte> Capability => "security.capability"u8;

    /// <summary>Checks a change without applying it.</summary>
    /// <exception cref="TreeException">The change is not possible.</exception>
    public ChangePlan Prepare(in Change change)
    {
        var touched = new Touched(state);
        return change.Kind switch
        {
            ChangeKind.Create => PrepareCreate(change, touched),
            ChangeKind.CreateUnnamed => PrepareCreateUnnamed(change, touched),
            ChangeKind.Link => PrepareLink(change, touched),
            ChangeKind.Remove => PrepareRemove(change, touched),
            ChangeKind.Rename => PrepareRename(change, touched),
            ChangeKind.Exchange => PrepareExchange(change, touched),
            ChangeKind.SetAttributes => PrepareSetAttributes(change, touched),
            ChangeKind.Write or ChangeKind.Clear or ChangeKind.Copy or ChangeKind.Collapse or ChangeKind.Insert => PrepareContent(change, touched),
            ChangeKind.SetXattr or ChangeKind.RemoveXattr => PrepareXattr(change, touched),
            ChangeKind.Synced => ChangePlan.Nothing,
            ChangeKind.Forget => PrepareForget(change, touched),
            _ => throw new TreeException(TreeFailure.Unsupported, $"Changes of kind {(byte)change.Kind} are unknown."),
        };
    }

    private ChangePlan PrepareCreate(in Change change, Touched touched)
    {
        DemandName(change.Name);
        var directory = touched.PeekDirectory(change.Directory);
        var name = state.Resolve(directory, change.Name);
        Demand(!name.Exists, TreeFailure.Exists, "The name exists already.");
        return PrepareNew(change, touched, isLinkable: false) with { Directory = directory, Name = name };
    }

    private ChangePlan PrepareCreateUnnamed(in Change change, Touched touched)
    {
        Demand(change.EntryKind == EntryKind.File || isReplay, TreeFailure.Invalid, "Only files can have no name.");
        return PrepareNew(change, touched, isLinkable: true);
    }

    private ChangePlan PrepareNew(in Change change, Touched touched, bool isLinkable)
    {
        Demand(change.Node is > 0 and <= uint.MaxValue, TreeFailure.Invalid, $"{change.Node} is not an inode number.");
        var replaced = state.Find(change.Node);
        Demand(
            replaced is null ? !state.Gone.Contains(change.Node) && !state.TryGetBaseNode(change.Node, out _) : isReplay && replaced.LinkCount == 0,
            TreeFailure.Invalid, $"The inode number {change.Node} was given before.");
        Demand(change.Permissions <= 0xFFF && change.EntryKind <= EntryKind.Socket, TreeFailure.Invalid, "Invalid permissions or kind.");
        var isDirectory = change.EntryKind == EntryKind.Directory;
        var isDevice = change.EntryKind is EntryKind.BlockDevice or EntryKind.CharacterDevice;
        Demand(
            change.EntryKind != EntryKind.Symlink || (change.Value.Length is > 0 and <= 4095 && !change.Value.Contains((byte)0)),
            change.Value.Length > 4095 ? TreeFailure.NameTooLong : TreeFailure.Invalid,
            $"A symlink target of {change.Value.Length} bytes is not allowed.");
        var node = new ChangedEntry
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
            node.SetContent(null);
        }

        return new ChangePlan(touched.Entries) { Node = node, Replaced = replaced };
    }

    private ChangePlan PrepareLink(in Change change, Touched touched)
    {
        DemandName(change.Name);
        var directory = touched.PeekDirectory(change.Directory);
        var name = state.Resolve(directory, change.Name);
        Demand(!name.Exists, TreeFailure.Exists, "The name exists already.");
        var node = touched.Peek(change.Node);
        Demand(!node.IsDirectory, TreeFailure.NotPermitted, "Directories have one name only.");
        Demand(node.LinkCount > 0 || node.IsLinkable || isReplay, TreeFailure.NotFound, $"Inode {node.Number} was removed.");
        Demand(node.LinkCount < MaxLinks, TreeFailure.TooManyLinks, $"Inode {node.Number} has {node.LinkCount} names.");
        return new ChangePlan(touched.Entries) { Directory = directory, Name = name, Node = node };
    }

    private ChangePlan PrepareRemove(in Change change, Touched touched)
    {
        var directory = touched.PeekDirectory(change.Directory);
        var name = Existing(directory, change.Name);
        var target = touched.Peek(name.Inode);
        Demand(!target.IsDirectory || state.IsEmpty(target), TreeFailure.NotEmpty, $"Directory {target.Number} is not empty.");
        return new ChangePlan(touched.Entries) { Directory = directory, Name = name, Target = target };
    }

    private ChangePlan PrepareRename(in Change change, Touched touched)
    {
        DemandName(change.Name2);
        var directory = touched.PeekDirectory(change.Directory);
        var directory2 = touched.PeekDirectory(change.Directory2);
        var name = Existing(directory, change.Name);
        var name2 = state.Resolve(directory2, change.Name2);
        var target = touched.Peek(name.Inode);
        DemandNotBelow(target, directory2);
        Demand(name2.Inode != target.Number, TreeFailure.Invalid, "Both names lead to the same entry.");
        var plan = new ChangePlan(touched.Entries) { Directory = directory, Directory2 = directory2, Name = name, Name2 = name2, Target = target };
        if (!name2.Exists)
        {
            return plan;
        }

        var target2 = touched.Peek(name2.Inode);
        Demand(
            !target2.IsDirectory || !IsAtOrAbove(target2, directory),
            TreeFailure.NotEmpty,
            $"Directory {target2.Number} contains the entry that would replace it.");
        Demand(target2.IsDirectory || !target.IsDirectory, TreeFailure.NotADirectory, "A directory cannot replace an entry of another kind.");
        Demand(!target2.IsDirectory || target.IsDirectory, TreeFailure.IsADirectory, "Only a directory can replace a directory.");
        Demand(!target2.IsDirectory || state.IsEmpty(target2), TreeFailure.NotEmpty, $"Directory {target2.Number} is not empty.");
        return plan with { Target2 = target2 };
    }

    private ChangePlan PrepareExchange(in Change change, Touched touched)
    {
        var directory = touched.PeekDirectory(change.Directory);
        var directory2 = touched.PeekDirectory(change.Directory2);
        var name = Existing(directory, change.Name);
        var name2 = Existing(directory2, change.Name2);
        var target = touched.Peek(name.Inode);
        var target2 = touched.Peek(name2.Inode);
        DemandNotBelow(target, directory2);
        DemandNotBelow(target2, directory);
        Demand(target != target2, TreeFailure.Invalid, "Both names lead to the same entry.");
        return new ChangePlan(touched.Entries)
        {
            Directory = directory,
            Directory2 = directory2,
            Name = name,
            Name2 = name2,
            Target = target,
            Target2 = target2,
        };
    }

    private ChangePlan PrepareSetAttributes(in Change change, Touched touched)
    {
        var fields = change.Fields;
        Demand((fields & ~ChangedFieldsSets.All) == ChangedFields.None, TreeFailure.Invalid, $"Fields 0x{(ushort)fields:x} are unknown.");
        var node = fields.HasFlag(ChangedFields.Size) ? touched.PeekFile(change.Node) : touched.Peek(change.Node);
        Demand(change.Permissions <= 0xFFF, TreeFailure.Invalid, "Invalid permissions.");
        var plan = new ChangePlan(touched.Entries) { Node = node, Xattrs = ToClear(change, node) };
        if (!fields.HasFlag(ChangedFields.Size))
        {
            return plan;
        }

        Demand(change.Size >= 0, TreeFailure.Invalid, "The length is negative.");
        Demand(change.Size <= MaxFileSize, TreeFailure.FileTooLarge, $"A file of {change.Size} bytes is too long.");
        return plan with { Content = Content.Resize(node.GetContent(), change.Size) };
    }

    private ChangePlan PrepareContent(in Change change, Touched touched)
    {
        var node = touched.PeekFile(change.Node);
        var plan = new ChangePlan(touched.Entries) { Node = node, Xattrs = ToClear(change, node) };
        Demand(change.Offset >= 0 && change.Length > 0, TreeFailure.Invalid, $"Cannot write {change.Length} bytes at offset {change.Offset}.");
        var size = node.Size;
        Demand(
            change.Kind == ChangeKind.Collapse || change.Length <= MaxFileSize - (change.Kind == ChangeKind.Insert ? size : change.Offset),
            TreeFailure.FileTooLarge, $"{change.Length} bytes at offset {change.Offset} make the file too long.");
        if (change.Kind is ChangeKind.Collapse or ChangeKind.Insert)
        {
            Demand(
                change.Kind == ChangeKind.Insert ? change.Offset < size : change.Offset < size && change.Length < size - change.Offset,
                TreeFailure.Invalid, $"{change.Length} bytes at offset {change.Offset} are not in a file of {size} bytes.");
        }

        return change.Kind == ChangeKind.Copy ? plan with { Content = Copied(change, touched) } : plan;
    }

    /// <summary>Content to copy. Its file does not change, so it need not belong to the state.</summary>
    private Content? Copied(in Change change, Touched touched)
    {
        var from = touched.PeekFile(change.Node2);
        Demand(
            change.Offset2 >= 0 && change.Offset2 < from.Size && change.Length <= from.Size - change.Offset2,
            TreeFailure.Invalid, $"{change.Length} bytes at offset {change.Offset2} are not in a file of {from.Size} bytes.");
        if (from.Number != change.Node && state.Find(from.Number) is null)
        {
            touched.Leave(from);
        }

        return Content.Slice(from.GetContent(), change.Offset2, change.Length);
    }

    private ChangePlan PrepareXattr(in Change change, Touched touched)
    {
        DemandXattrName(change.Name);
        var node = touched.Peek(change.Node);
        Demand(
            node.Kind is EntryKind.File or EntryKind.Directory || !change.Name.StartsWith("user."u8),
            TreeFailure.NotPermitted, $"A {node.Kind} has no extended attributes of the user's.");
        var xattrs = node.Xattrs ?? XattrCopy.Of(state.Base, node);
        var exists = xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(change.Name);
        if (change.Kind == ChangeKind.RemoveXattr)
        {
            Demand(exists, TreeFailure.NoXattr, "There is no such extended attribute.");
        }
        else
        {
            Demand(change.Value.Length <= MaxXattrValue, TreeFailure.NoSpace, $"An extended attribute of {change.Value.Length} bytes is too long.");
            Demand(
                exists || xattrs.Keys.Sum(key => key.Length + 1) + change.Name.Length + 1 <= MaxXattrList,
                TreeFailure.NoSpace, "The names of the extended attributes are longer than 64 KiB.");
        }

        return new ChangePlan(touched.Entries) { Node = node, Xattrs = xattrs };
    }

    private static ChangePlan PrepareForget(in Change change, Touched touched)
    {
        var node = touched.Peek(change.Node);
        Demand(node.LinkCount == 0, TreeFailure.Invalid, "The file has a name.");
        return new ChangePlan(touched.Entries) { Node = node };
    }

    /// <summary>
    /// The remaining extended attributes of a file whose capabilities are removed with its set-id bits; null if it has no capabilities.
    /// </summary>
    private Dictionary<byte[], byte[]>? ToClear(in Change change, ChangedEntry node)
    {
        if (!change.ClearSetId || node.Kind != EntryKind.File)
        {
            return null;
        }

        var has = node.Xattrs is { } xattrs
            ? xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(Capability)
            : !node.IsNew && state.Base.MayHaveXattrs && state.Base.TryGetXattr(node.BaseNode, Capability, [], out _);
        return has ? node.Xattrs ?? XattrCopy.Of(state.Base, node) : null;
    }

    private static void DemandName(ReadOnlySpan<byte> name)
    {
        Demand(name.Length <= EntryName.MaxLength, TreeFailure.NameTooLong, $"A name of {name.Length} bytes is too long.");
        Demand(EntryName.IsValid(name), TreeFailure.Invalid, $"The name {Convert.ToHexString(name)} (hexadecimal) is not a legal one.");
    }

    private static void DemandXattrName(ReadOnlySpan<byte> name)
    {
        Demand(name.Length <= EntryName.MaxLength, TreeFailure.RangeTooSmall, $"The name of an extended attribute has {name.Length} bytes.");
        Demand(
            HasPrefix(name, "user."u8) || HasPrefix(name, "trusted."u8) || HasPrefix(name, "security."u8),
            TreeFailure.Unsupported, "Extended attributes with this name are not supported.");
        Demand(!name.Contains((byte)0), TreeFailure.Invalid, "The name of an extended attribute contains NUL.");

        static bool HasPrefix(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) => name.Length > prefix.Length && name.StartsWith(prefix);
    }

    private NameTarget Existing(ChangedEntry directory, ReadOnlySpan<byte> name)
    {
        var target = state.Resolve(directory, name);
        return target.Exists ? target : throw new TreeException(TreeFailure.NotFound, $"Directory {directory.Number} has no such name.");
    }

    /// <summary>A directory must not be moved into itself or below.</summary>
    private void DemandNotBelow(ChangedEntry entry, ChangedEntry directory)
    {
        if (entry.IsDirectory)
        {
            Demand(!IsAtOrAbove(entry, directory), TreeFailure.Invalid, $"Directory {entry.Number} would become a subdirectory of itself.");
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

    private static void Demand(bool condition, TreeFailure failure, string message)
    {
        if (!condition)
        {
            throw new TreeException(failure, message);
        }
    }

    /// <summary>The entries that one change touches; each number always yields the same object.</summary>
    private sealed class Touched(UnionState state)
    {
        private readonly List<ChangedEntry> _entries = [];

        public IReadOnlyList<ChangedEntry> Entries => _entries;

        public ChangedEntry Peek(ulong number)
        {
            foreach (var known in _entries)
            {
                if (known.Number == number)
                {
                    return known;
                }
            }

            var entry = state.Peek(number);
            _entries.Add(entry);
            return entry;
        }

        public ChangedEntry PeekFile(ulong number) => Peek(number).DemandFile();

        /// <summary>A directory that was not removed.</summary>
        public ChangedEntry PeekDirectory(ulong number)
        {
            var entry = Peek(number).DemandDirectory();
            Demand(entry.LinkCount > 0, TreeFailure.NotFound, $"Directory {number} was removed.");
            return entry;
        }

        /// <summary>Excludes an entry that does not change after all.</summary>
        public void Leave(ChangedEntry entry) => _entries.Remove(entry);
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Changes of attributes.</content>
internal sealed partial class ChangePlan
{
    private const int MaxXattrValue = 65536;
    private const int MaxXattrList = 65536;

    private Dictionary<byte[], byte[]>? _xattrs;

    private static ReadOnlySpan<byte> Capability => "security.capability"u8;

    private static void DemandXattrName(ReadOnlySpan<byte> name)
    {
        Demand(name.Length <= EntryName.MaxLength, TreeFailure.RangeTooSmall, $"The name of an extended attribute has {name.Length} bytes.");
        Demand(
            HasPrefix(name, "user."u8) || HasPrefix(name, "trusted."u8) || HasPrefix(name, "security."u8),
            TreeFailure.Unsupported, "Extended attributes of this name are not kept.");
        Demand(!name.Contains((byte)0), TreeFailure.Invalid, "The name of an extended attribute contains NUL.");

        static bool HasPrefix(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) => name.Length > prefix.Length && name.StartsWith(prefix);
    }

    private void PrepareSetAttributes(in Change change)
    {
        var fields = change.Fields;
        Demand((fields & ~ChangedFieldsSets.All) == ChangedFields.None, TreeFailure.Invalid, $"Fields 0x{(ushort)fields:x} are unknown.");
        _node = fields.HasFlag(ChangedFields.Size) ? PeekFile(change.Node) : Peek(change.Node);
        Demand(change.Permissions <= 0xFFF, TreeFailure.Invalid, "No such permissions.");
        PrepareClearing(change);
        if (fields.HasFlag(ChangedFields.Size))
        {
            Demand(change.Size >= 0, TreeFailure.Invalid, "A negative length.");
            Demand(change.Size <= MaxFileSize, TreeFailure.FileTooLarge, $"A length of {change.Size} bytes.");
            _content = Content.Resize(Node.GetContent(), change.Size);
        }
    }

    private void ApplySetAttributes(in Change change)
    {
        var fields = change.Fields;
        ApplyClearing(change);
        if (fields.HasFlag(ChangedFields.Permissions))
        {
            Node.Permissions = change.Permissions;
        }

        if (fields.HasFlag(ChangedFields.UserId))
        {
            Node.UserId = change.UserId;
            Node.OwnerWasSet = true;
        }

        if (fields.HasFlag(ChangedFields.GroupId))
        {
            Node.GroupId = change.GroupId;
            Node.OwnerWasSet = true;
        }

        if (fields.HasFlag(ChangedFields.Size))
        {
            state.SetContent(Node, _content);
            Node.Modified = change.Time;
        }

        if (fields.HasFlag(ChangedFields.Accessed))
        {
            Node.Accessed = change.Accessed;
        }

        if (fields.HasFlag(ChangedFields.Modified))
        {
            Node.Modified = change.Modified;
        }

        Node.Changed = change.Time;
    }

    private void PrepareXattr(in Change change)
    {
        DemandXattrName(change.Name);
        _node = Peek(change.Node);
        Demand(
            Node.Kind is EntryKind.File or EntryKind.Directory || !change.Name.StartsWith("user."u8),
            TreeFailure.NotPermitted, $"A {Node.Kind} has no extended attributes of the user's.");
        var xattrs = Node.Xattrs ?? XattrCopy.Of(state.Base, Node);
        var exists = xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(change.Name);
        if (change.Kind == ChangeKind.RemoveXattr)
        {
            Demand(exists, TreeFailure.NoXattr, "There is no such extended attribute.");
        }
        else
        {
            Demand(change.Value.Length <= MaxXattrValue, TreeFailure.NoSpace, $"An extended attribute of {change.Value.Length} bytes.");
            Demand(
                exists || xattrs.Keys.Sum(key => key.Length + 1) + change.Name.Length + 1 <= MaxXattrList,
                TreeFailure.NoSpace, "The names of the extended attributes are longer than 64 KiB.");
        }

        _xattrs = xattrs;
    }

    private void ApplyXattr(in Change change)
    {
        var before = XattrView.BytesOf(Node.Xattrs);
        var lookup = _xattrs!.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (change.Kind == ChangeKind.RemoveXattr)
        {
            lookup.Remove(change.Name);
        }
        else
        {
            lookup[change.Name] = change.Value.ToArray();
        }

        state.SetXattrs(Node, _xattrs, before);

        Node.Changed = change.Time;
        _xattrs = null;
    }

    /// <summary>Where set-id bits are cleared, file capabilities go too.</summary>
    private void PrepareClearing(in Change change)
    {
        _xattrs = null;
        if (change.ClearSetId && Node.Kind == EntryKind.File)
        {
            var has = Node.Xattrs is { } xattrs
                ? xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().ContainsKey(Capability)
                : !Node.IsNew && state.Base.MayHaveXattrs && state.Base.TryGetXattr(Node.BaseNode, Capability, [], out _);
            _xattrs = has ? Node.Xattrs ?? XattrCopy.Of(state.Base, Node) : null;
        }
    }

    private void ApplyClearing(in Change change)
    {
        if (!change.ClearSetId)
        {
            return;
        }

        Node.ClearSetIds();
        if (_xattrs is not null)
        {
            var before = XattrView.BytesOf(Node.Xattrs);
            _xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(Capability);
            state.SetXattrs(Node, _xattrs, before);
            _xattrs = null;
        }
    }
}

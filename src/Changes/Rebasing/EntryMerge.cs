using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>Merges content, attributes and times of entries, and creates those that the new generation lacks.</summary>
internal sealed class EntryMerge(UnionState mine, RebaseTrees trees, MergedLayer merged, LayerContent content, ConflictList conflicts)
{
    private readonly Dictionary<ulong, ulong> _numbers = [];

    /// <summary>The number of a layer's entry in the merged layer; null until it has one.</summary>
    public ulong? NumberOf(ulong inode) =>
        _numbers.TryGetValue(inode, out var number) ? number : trees.Now.Find(inode) is null || trees.IsNew(inode) ? null : inode;

    /// <summary>Records that an entry of the layer is the same as one of the new generation.</summary>
    public void Identify(ulong inode, ulong number) => _numbers[inode] = number;

    /// <summary>Creates an entry as the layer has it, without a name.</summary>
    public ulong Make(ulong inode)
    {
        var from = mine.Peek(inode);
        var entry = new ChangedEntry
        {
            Number = merged.TakeNumber(),
            Kind = from.Kind,
            Permissions = from.Permissions,
            UserId = from.UserId,
            GroupId = from.GroupId,
            OwnerWasSet = true,
            LinkCount = from.IsDirectory ? 2u : 0u,
            Modified = from.Modified,
            Accessed = from.Accessed,
            Changed = from.Changed,
            DeviceMajor = from.DeviceMajor,
            DeviceMinor = from.DeviceMinor,
            Target = from.Kind == EntryKind.Symlink ? TargetOf(from) : null,
            Names = from.IsDirectory ? new DirectoryChanges() : null,
            Xattrs = from.Xattrs ?? XattrCopy.Of(mine.Base, from),
        };
        merged.Add(entry);
        if (entry.Kind == EntryKind.File)
        {
            merged.State.SetContent(entry, Translate(from.GetContent()));
        }

        _numbers[inode] = entry.Number;
        return entry.Number;
    }

    /// <summary>Merges an entry that exists in both generations and in the layer.</summary>
    public void Merge(ChangedEntry from)
    {
        var (old, now) = (trees.Old.Find(from.Number)!.Value, trees.Now.Find(from.Number)!.Value);
        var (here, there) = (trees.ChangeHere(from.Number), trees.ChangeThere(from.Number));
        var takesContent = here == SideChange.Changed
            && (there != SideChange.Changed
                || (!trees.HaveEqualContent(from.Number, from.Number) && IsMine(from.Number, SideChange.Changed, SideChange.Changed)));
        var keepsTheirs = there == SideChange.Changed && !takesContent;
        if (takesContent)
        {
            merged.State.SetContent(merged.Open(from.Number), Translate(from.Content));
        }

        MergeAttributes(from, old, now);

        // If the image has the same names, nothing of the layer is left, not even the times at which the names were given.
        var hasNoNames = from.Names is { All.Count: > 0 } && merged.State.Find(from.Number) is not { Names: not null };
        if (keepsTheirs
            || hasNoNames
            || (from.Modified == old.Modified && from.Changed == old.Changed && from.Accessed == (old.Accessed ?? old.Modified)))
        {
            return;
        }

        var entry = merged.Open(from.Number);
        (entry.Modified, entry.Accessed, entry.Changed) = (from.Modified == old.Modified ? now.Modified : from.Modified, from.Accessed, from.Changed);
    }

    private void MergeAttributes(ChangedEntry from, in Attributes old, in Attributes now)
    {
        if (from.Permissions != old.Permissions && from.Permissions != now.Permissions && (now.Permissions == old.Permissions || IsMine(from.Number)))
        {
            merged.Open(from.Number).Permissions = from.Permissions;
        }

        var (before, mineOwner, nowOwner) = ((old.UserId, old.GroupId), (from.UserId, from.GroupId), (now.UserId, now.GroupId));
        if (from.OwnerWasSet && mineOwner != nowOwner && (nowOwner == before || IsMine(from.Number)))
        {
            var entry = merged.Open(from.Number);
            (entry.UserId, entry.GroupId, entry.OwnerWasSet) = (from.UserId, from.GroupId, true);
        }

        var (mineNode, nowNode) = (trees.Mine.Find(from.Number)!.Value, now);
        if (from.Xattrs is { } xattrs && !trees.HasOldXattrs(mineNode) && !trees.HaveEqualXattrs(mineNode, nowNode)
            && (trees.HaveOldXattrs(old, nowNode) || IsMine(from.Number)))
        {
            merged.Open(from.Number).Xattrs = new(xattrs, xattrs.Comparer);
        }
    }

    private bool IsMine(ulong inode, SideChange here = SideChange.Attributes, SideChange there = SideChange.Attributes) =>
        conflicts.IsMine(RebaseTrees.PathOf(trees.Mine, inode), here, there);

    /// <summary>Takes content of the former base from the new one if that has it unchanged.</summary>
    private Content? Translate(Content? from)
    {
        Content? translated = null;
        foreach (var (_, extent) in Content.RunsIn(from))
        {
            var isKept = extent.IsZeros
                || extent.IsData
                || (trees.Now.Find(extent.Source) is not null && trees.ChangeThere(extent.Source) != SideChange.Changed);
            translated = Content.Join(translated, Content.Of(isKept ? extent : content.Hold(extent)));
        }

        return translated;
    }

    private byte[] TargetOf(ChangedEntry symlink)
    {
        if (symlink.Target is { } target)
        {
            return target;
        }

        var room = new byte[symlink.Size];
        mine.Base.ReadLink(symlink.BaseNode, room);
        return room;
    }
}

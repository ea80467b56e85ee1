using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>
/// Merges the names of directories, then the entries, and finally restores anything that would be lost though neither side removed it.
/// </summary>
internal sealed partial class NameMerge(UnionState mine, RebaseTrees trees, MergedLayer merged, EntryMerge entries, ConflictList conflicts)
{
    /// <summary>Directories of the layer that are still to be merged, and the directories that receive their names.</summary>
    private readonly Queue<(ulong Mine, ulong Target)> _pending = [];

    /// <summary>Removed directories, and whether removals in them take effect.</summary>
    private readonly Dictionary<ulong, bool> _gone = [];

    /// <summary>Entries that the layer removed, but that were decided to stay.</summary>
    private readonly HashSet<ulong> _kept = [];
    private readonly Dictionary<ulong, (ulong Parent, byte[] Name)> _moved = [];

    public void Run()
    {
        foreach (var entry in mine.Entries.Values.Where(entry => entry is { IsNew: false, Names: not null }).OrderBy(entry => entry.Number))
        {
            MergeNames(entry, entries.NumberOf(entry.Number));
        }

        foreach (var number in mine.Gone.Order())
        {
            Remove(number);
        }

        MergePending();
        foreach (var entry in mine.Entries.Values.Where(entry => !entry.IsNew).OrderBy(entry => entry.Number))
        {
            MergeEntry(entry);
        }

        MergePending();
        Settle();
    }

    private void MergePending()
    {
        while (_pending.TryDequeue(out var next))
        {
            MergeNames(mine.Find(next.Mine)!, next.Target);
        }
    }

    private void MergeNames(ChangedEntry directory, ulong? target)
    {
        foreach (var (name, change) in directory.Names!.All)
        {
            MergeName(directory, target, name, change.Inode);
        }
    }

    private void MergeName(ChangedEntry directory, ulong? target, byte[] name, ulong now)
    {
        var before = directory.IsNew ? 0 : RebaseTrees.Lookup(trees.Old, directory.Number, name);
        if (now == before)
        {
            return;
        }

        if (target is not { } place)
        {
            if (now == 0 || !conflicts.IsMine(trees.PathOf(directory.Number, name), HereOf(before, now), SideChange.Removed))
            {
                return;
            }

            place = Restore(directory.Number);
        }

        // New entries of both sides may share a number, but are different entries.
        var there = RebaseTrees.Lookup(trees.Now, place, name);
        if (there == before
            || ((there != now || trees.IsNew(now))
                && !IsSame(now, there)
                && conflicts.IsMine(trees.PathOf(directory.Number, name), HereOf(before, now), ThereOf(before, there))))
        {
            Take(directory.Number, place, name, before, now);
        }
    }

    /// <summary>Whether both sides gave a name to the same entry. Two new directories count as the same: their contents are merged.</summary>
    private bool IsSame(ulong here, ulong there)
    {
        if (here == 0 || there == 0)
        {
            return false;
        }

        if (trees.IsNew(here) && mine.Find(here) is { IsDirectory: true } directory && trees.Now.Find(there) is { Kind: EntryKind.Directory } other)
        {
            entries.Identify(here, there);
            _pending.Enqueue((here, there));
            if (directory.Permissions != other.Permissions
                && conflicts.IsMine(RebaseTrees.PathOf(trees.Mine, here), SideChange.Attributes, SideChange.Attributes))
            {
                merged.Open(there).Permissions = directory.Permissions;
            }

            return true;
        }

        if (!trees.AreEqual(here, there))
        {
            return false;
        }

        if (trees.IsNew(here))
        {
            entries.Identify(here, there);
        }

        return true;
    }

    /// <summary>Repeats the layer's change of a name.</summary>
    private void Take(ulong directory, ulong place, byte[] name, ulong before, ulong now)
    {
        if (before != 0 && !trees.IsAlive(before) && RebaseTrees.Lookup(trees.Now, place, name) == before
            && trees.ChangeThere(before) is { } change
                && trees.Old.Find(before)!.Value.Kind != EntryKind.Directory
                && !(now != 0 && trees.AreEqual(now, before)))
        {
            if (!conflicts.IsMine(trees.PathOf(directory, name), now == 0 ? SideChange.Removed : SideChange.Changed, change))
            {
                _kept.Add(before);
                return;
            }
        }

        if (now == 0)
        {
            Put(place, name, 0, before);
        }
        else if (entries.NumberOf(now) is { } number)
        {
            if (trees.Now.Find(now) is { Kind: EntryKind.Directory } && !trees.IsNew(now) && !MayMove(now, directory, name))
            {
                return;
            }

            Put(place, name, number, before);
            _moved[number] = (place, name);
        }
        else if (trees.IsNew(now) || conflicts.IsMine(trees.PathOf(directory, name), SideChange.Renamed, SideChange.Removed))
        {
            Put(place, name, Make(now), before);
        }
    }

    /// <summary>Sets a name. A directory that only the image has is removed with everything below.</summary>
    private void Put(ulong place, byte[] name, ulong number, ulong before)
    {
        var displaced = merged.Lookup(place, name);
        if (displaced != 0 && displaced != before && displaced != number && merged.State.Peek(displaced).IsDirectory)
        {
            merged.Clear(displaced);
        }

        merged.Assign(place, name, number);
    }

    /// <summary>Whether a directory may move: the image may have moved it elsewhere.</summary>
    private bool MayMove(ulong moved, ulong directory, byte[] name)
    {
        var there = RebaseTrees.PlaceOf(trees.Now, trees.Now.Find(moved)!.Value);
        if (there == RebaseTrees.PlaceOf(trees.Old, trees.Old.Find(moved)!.Value))
        {
            return true;
        }

        if (!conflicts.IsMine(trees.PathOf(directory, name), SideChange.Renamed, SideChange.Renamed))
        {
            return false;
        }

        merged.Assign(there.Parent, RebaseTrees.NameOf(there.Key), 0);
        return true;
    }

    private ulong Make(ulong inode)
    {
        var number = entries.Make(inode);
        if (mine.Find(inode) is { IsDirectory: true, IsNew: true })
        {
            _pending.Enqueue((inode, number));
        }

        return number;
    }

    /// <summary>Recreates a directory that the image removed, and its parents, where the layer has it.</summary>
    private ulong Restore(ulong directory)
    {
        if (entries.NumberOf(directory) is { } known)
        {
            return known;
        }

        var (parent, key) = RebaseTrees.PlaceOf(trees.Mine, trees.Mine.Find(directory)!.Value);
        var (place, name) = (Restore(parent), RebaseTrees.NameOf(key));
        if (merged.Lookup(place, name) is var other and not 0 && merged.State.Peek(other).IsDirectory)
        {
            entries.Identify(directory, other);
            return other;
        }

        var number = Make(directory);
        merged.Assign(place, name, number);
        return number;
    }

    private SideChange HereOf(ulong before, ulong now) =>
        before == 0 ? (trees.IsNew(now) ? SideChange.Added : SideChange.Renamed)
        : now != 0 ? SideChange.Changed
        : trees.IsAlive(before) ? SideChange.Renamed : SideChange.Removed;

    private SideChange ThereOf(ulong before, ulong there) =>
        before == 0 ? SideChange.Added
        : there != 0 ? SideChange.Changed
        : trees.Now.Find(before) is not null ? SideChange.Renamed : SideChange.Removed;
}

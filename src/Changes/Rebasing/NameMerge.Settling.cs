using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <content>Handles removals, and completes the merge.</content>
internal sealed partial class NameMerge
{
    /// <summary>Handles something that the layer removed. The entry of a removed directory no longer holds its names.</summary>
    /// <returns>Whether the removal takes effect.</returns>
    private bool Remove(ulong number)
    {
        if (_gone.TryGetValue(number, out var known))
        {
            return known;
        }

        if (trees.Old.Find(number) is not { Kind: EntryKind.Directory } old || trees.Now.Find(number) is not { } now)
        {
            return _gone[number] = true;
        }

        var before = RebaseTrees.PlaceOf(trees.Old, old);
        if (mine.Gone.Contains(before.Parent) && !Remove(before.Parent))
        {
            return _gone[number] = false;
        }

        var there = RebaseTrees.PlaceOf(trees.Now, now);
        if (there != before)
        {
            if (!conflicts.IsMine(RebaseTrees.PathOf(trees.Now, number), SideChange.Removed, SideChange.Renamed))
            {
                return _gone[number] = false;
            }

            merged.Assign(there.Parent, RebaseTrees.NameOf(there.Key), 0);
        }

        _gone[number] = true;
        RemoveNames(old, now);
        return true;
    }

    private void RemoveNames(in Attributes old, in Attributes now)
    {
        var names = trees.Old.List(old);
        foreach (var (key, entry) in names)
        {
            if (RebaseTrees.Lookup(trees.Now, now.Inode, RebaseTrees.NameOf(key)) == entry.Inode)
            {
                Take(now.Inode, now.Inode, RebaseTrees.NameOf(key), entry.Inode, 0);
            }
        }

        foreach (var (key, entry) in trees.Now.List(now))
        {
            var before = names.GetValueOrDefault(key)?.Inode ?? 0;
            if (entry.Inode != before && conflicts.IsMine(entry.Path, SideChange.Removed, ThereOf(before, entry.Inode)))
            {
                Put(now.Inode, RebaseTrees.NameOf(key), 0, before: 0);
            }
        }
    }

    private void MergeEntry(ChangedEntry entry)
    {
        if (trees.Mine.Find(entry.Number) is null || trees.Old.Find(entry.Number) is null)
        {
            return;
        }

        if (trees.Now.Find(entry.Number) is not null)
        {
            entries.Merge(entry);
        }
        else if (trees.ChangeHere(entry.Number) is { } here && entries.NumberOf(entry.Number) is null)
        {
            MergeRemoved(entry, here);
        }
    }

    /// <summary>Changed here, and removed or replaced there.</summary>
    private void MergeRemoved(ChangedEntry entry, SideChange here)
    {
        var number = 0UL;
        foreach (var (directory, key) in trees.Mine.FindNames([entry.Number])[entry.Number].Order())
        {
            var name = RebaseTrees.NameOf(key);
            var place = entries.NumberOf(directory);
            var other = place is { } known ? RebaseTrees.Lookup(trees.Now, known, name) : 0;
            if ((other != 0 && trees.AreEqual(entry.Number, other))
                || !conflicts.IsMine(trees.PathOf(directory, name), here, other != 0 ? SideChange.Changed : SideChange.Removed))
            {
                continue;
            }

            if (entry.IsDirectory)
            {
                Restore(entry.Number);
                return;
            }

            number = number == 0 ? entries.Make(entry.Number) : number;
            Put(place ?? Restore(directory), name, number, before: 0);
        }
    }

    private void Settle()
    {
        // An entry that the layer moved but that could not be placed at its destination stays where the image has it. So does a directory that turns
        // out not to be empty.
        for (var index = 0; index < merged.Taken.Count; index++)
        {
            var (directory, name, inode) = merged.Taken[index];
            if (merged.IsNamed(inode) || trees.Now.Find(inode) is null || IsReplaced(inode))
            {
                continue;
            }

            if (trees.Old.Find(inode) is not null && trees.IsAlive(inode))
            {
                PutBack(directory, name, inode);
            }
            else if (merged.State.Peek(inode).IsDirectory && merged.NamesOf(inode).Count > 0)
            {
                if (conflicts.Keep == RebaseSide.Theirs)
                {
                    PutBack(directory, name, inode);
                }
                else
                {
                    merged.Clear(inode);
                }
            }
        }

        RemoveRenamed();
        UndoCycles();
    }

    /// <summary>Whether a different entry took its place.</summary>
    private bool IsReplaced(ulong inode) => trees.Old.Find(inode) is not null && entries.NumberOf(inode) is { } number && number != inode;

    private void PutBack(ulong directory, byte[] name, ulong inode)
    {
        if (merged.Lookup(directory, name) != 0)
        {
            _ = conflicts.IsMine(trees.PathOf(directory, name), SideChange.Changed, SideChange.Changed);
        }

        merged.Assign(directory, name, inode);
    }

    /// <summary>Removed here, renamed there: it still has a name.</summary>
    private void RemoveRenamed()
    {
        var still = mine.Gone.Where(
            number =>
                !_kept.Contains(number)
                    && trees.Now.Find(number) is { } now
                    && now.Kind != EntryKind.Directory
                    && merged.IsNamed(number)).ToHashSet();
        if (still.Count == 0)
        {
            return;
        }

        foreach (var names in trees.Now.FindNames(still))
        {
            foreach (var (directory, key) in names)
            {
                var name = RebaseTrees.NameOf(key);
                if (merged.Lookup(directory, name) == names.Key
                    && !IsInKept(directory)
                    && conflicts.IsMine(trees.PathOf(directory, name), SideChange.Removed, SideChange.Renamed))
                {
                    merged.Assign(directory, name, 0);
                }
            }
        }
    }

    private bool IsInKept(ulong directory) => _gone.TryGetValue(directory, out var counts) && !counts;

    /// <summary>If each side moved one of two directories into the other, both stay where the image has them.</summary>
    private void UndoCycles()
    {
        foreach (var (inode, (place, name)) in _moved)
        {
            if (trees.Now.Find(inode) is not { Kind: EntryKind.Directory } now || !LiesInItself(inode))
            {
                continue;
            }

            _ = conflicts.IsMine(trees.PathOf(place, name), SideChange.Renamed, SideChange.Renamed);
            var (parent, key) = RebaseTrees.PlaceOf(trees.Now, now);
            merged.Assign(place, name, 0);
            merged.Assign(parent, RebaseTrees.NameOf(key), inode);
        }
    }

    private bool LiesInItself(ulong directory)
    {
        var seen = new HashSet<ulong>();
        for (var number = directory; number != merged.State.RootNumber; number = merged.State.ParentOf(number))
        {
            if (!seen.Add(number))
            {
                return true;
            }
        }

        return false;
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Applies checked changes to the state.</summary>
internal static class ChangeApplier
{
    /// <summary>Applies a change. This works in memory only and cannot fail.</summary>
    /// <param name="state">The state that the plan was made for, unchanged since.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="change">The change that the plan was made from.</param>
    public static void Apply(UnionState state, ChangePlan plan, in Change change)
    {
        foreach (var entry in plan.Touched)
        {
            state.Keep(entry);
        }

        switch (change.Kind)
        {
            case ChangeKind.Create:
                KeepNew(state, plan);
                SetName(plan.Directory!, change.Name, plan.Name, plan.Node!, change.Time);
                break;
            case ChangeKind.CreateUnnamed:
                KeepNew(state, plan);
                break;
            case ChangeKind.Link:
                ApplyLink(plan, change);
                break;
            case ChangeKind.Remove:
                RemoveName(plan.Directory!, change.Name, plan.Name, plan.Target!, change.Time);
                CountNameLess(plan.Target!, change.Time);
                break;
            case ChangeKind.Rename:
                ApplyRename(plan, change);
                break;
            case ChangeKind.Exchange:
                ApplyExchange(plan, change);
                break;
            case ChangeKind.SetAttributes:
                ApplySetAttributes(state, plan, change);
                break;
            case ChangeKind.SetXattr:
            case ChangeKind.RemoveXattr:
                ApplyXattr(state, plan, change);
                break;
            case ChangeKind.Forget:
                state.Drop(plan.Node!);
                break;
            case ChangeKind.Synced:
                break;
            default:
                ApplyContent(state, plan, change);
                break;
        }
    }

    private static void KeepNew(UnionState state, ChangePlan plan)
    {
        if (plan.Replaced is not null)
        {
            state.Drop(plan.Replaced);
        }

        state.Keep(plan.Node!);
    }

    private static void ApplyLink(ChangePlan plan, in Change change)
    {
        var node = plan.Node!;
        node.LinkCount++;
        node.IsLinkable = false;
        node.Changed = change.Time;
        SetName(plan.Directory!, change.Name, plan.Name, node, change.Time);
    }

    private static void ApplyRename(ChangePlan plan, in Change change)
    {
        RemoveName(plan.Directory!, change.Name, plan.Name, plan.Target!, change.Time);
        if (plan.Target2 is { } replaced)
        {
            if (replaced.IsDirectory)
            {
                CountDirectory(plan.Directory2!, -1);
            }

            CountNameLess(replaced, change.Time);
        }

        SetName(plan.Directory2!, change.Name2, plan.Name2, plan.Target!, change.Time);
        plan.Target!.Changed = change.Time;
    }

    private static void ApplyExchange(ChangePlan plan, in Change change)
    {
        var (directory, directory2, target, target2) = (plan.Directory!, plan.Directory2!, plan.Target!, plan.Target2!);
        RemoveName(directory, change.Name, plan.Name, target, change.Time, keepsName: true);
        RemoveName(directory2, change.Name2, plan.Name2, target2, change.Time, keepsName: true);
        SetName(directory, change.Name, plan.Name, target2, change.Time);
        SetName(directory2, change.Name2, plan.Name2, target, change.Time);
        target.Changed = target2.Changed = change.Time;
    }

    private static void ApplySetAttributes(UnionState state, ChangePlan plan, in Change change)
    {
        var fields = change.Fields;
        var node = plan.Node!;
        ApplyClearing(state, plan, change);
        if (fields.HasFlag(ChangedFields.Permissions))
        {
            node.Permissions = change.Permissions;
        }

        if (fields.HasFlag(ChangedFields.UserId))
        {
            node.UserId = change.UserId;
            node.OwnerWasSet = true;
        }

        if (fields.HasFlag(ChangedFields.GroupId))
        {
            node.GroupId = change.GroupId;
            node.OwnerWasSet = true;
        }

        if (fields.HasFlag(ChangedFields.Size))
        {
            state.SetContent(node, plan.Content);
            node.Modified = change.Time;
        }

        if (fields.HasFlag(ChangedFields.Accessed))
        {
            node.Accessed = change.Accessed;
        }

        if (fields.HasFlag(ChangedFields.Modified))
        {
            node.Modified = change.Modified;
        }

        node.Changed = change.Time;
    }

    private static void ApplyXattr(UnionState state, ChangePlan plan, in Change change)
    {
        var node = plan.Node!;
        var before = XattrView.BytesOf(node.Xattrs);
        var lookup = plan.Xattrs!.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (change.Kind == ChangeKind.RemoveXattr)
        {
            lookup.Remove(change.Name);
        }
        else
        {
            lookup[change.Name] = change.Value.ToArray();
        }

        state.SetXattrs(node, plan.Xattrs, before);
        node.Changed = change.Time;
    }

    private static void ApplyClearing(UnionState state, ChangePlan plan, in Change change)
    {
        if (!change.ClearSetId)
        {
            return;
        }

        var node = plan.Node!;
        node.ClearSetIds();
        if (plan.Xattrs is not null)
        {
            var before = XattrView.BytesOf(node.Xattrs);
            plan.Xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(ChangePlanner.Capability);
            state.SetXattrs(node, plan.Xattrs, before);
        }
    }

    private static void ApplyContent(UnionState state, ChangePlan plan, in Change change)
    {
        var node = plan.Node!;
        ApplyClearing(state, plan, change);
        var content = node.GetContent();
        state.SetContent(node, change.Kind switch
        {
            ChangeKind.Write => Content.Overwrite(content, change.Offset, Content.Of(new Extent(Extent.Data, change.DataOffset, change.Length))),
            ChangeKind.Copy => Content.Overwrite(content, change.Offset, plan.Content),
            ChangeKind.Clear => Content.Overwrite(content, change.Offset, Content.OfZeros(change.Length)),
            ChangeKind.Collapse =>
                Content.Join(Content.Split(content, change.Offset).Before, Content.Split(content, change.Offset + change.Length).Behind),
            _ => Inserted(content, change.Offset, change.Length),
        });
        node.TouchContent(change.Time);
    }

    private static Content? Inserted(Content? content, long offset, long length)
    {
        var (before, behind) = Content.Split(content, offset);
        return Content.Join(Content.Join(before, Content.OfZeros(length)), behind);
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

    private static void CountDirectory(ChangedEntry parent, int difference)
    {
        // Foreign images may count differently: never go below the minimum for a directory.
        parent.LinkCount = (uint)Math.Max(2, parent.LinkCount + difference);
    }

    private static void CountNameLess(ChangedEntry entry, Timestamp time)
    {
        entry.LinkCount = entry.IsDirectory || entry.LinkCount == 0 ? 0 : entry.LinkCount - 1;
        entry.Changed = time;
    }
}

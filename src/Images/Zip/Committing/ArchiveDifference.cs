using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Committing;

/// <summary>Counts the changes in a commit.</summary>
internal static class ArchiveDifference
{
    public static GenerationDifference Of(ILayeredTree tree, ZipTree archive, WritingPlan plan, ArchiveContents contents)
    {
        var difference = default(GenerationDifference);
        var changed = new HashSet<ulong>(tree.ChangedInodes);
        var seen = new HashSet<uint>(plan.Entries.Count) { EntryTable.Root };
        if (changed.Contains(EntryTable.Root) && !tree.IsUnchanged(NodeId.Root))
        {
            difference = difference with { Changed = 1 };
        }

        foreach (var entry in plan.Entries.Where(entry => entry.First is null))
        {
            seen.Add(entry.Number);
            var bytes = entry.Kind == EntryKind.File ? entry.Size : 0;
            if (archive.Table.FindNumber(entry.Number) == 0)
            {
                difference = difference with { Added = difference.Added + 1, AddedBytes = difference.AddedBytes + bytes };
            }
            else if (changed.Contains(entry.Number) && !tree.IsUnchanged(entry.Attributes.Node))
            {
                var isSame = entry.Kind != EntryKind.File || contents.IsOf(entry.Attributes.Node, entry.Number);
                difference = difference with { Changed = difference.Changed + 1, ChangedBytes = difference.ChangedBytes + (isSame ? 0 : bytes) };
            }
        }

        for (var index = EntryTable.Root; index < archive.Table.InodeCount; index++)
        {
            ref readonly var inode = ref archive.Table.Inode(index);
            if (inode.Links > 0 && !seen.Contains((uint)archive.Table.NumberOf(index)))
            {
                difference = difference with
                {
                    Removed = difference.Removed + 1, RemovedBytes = difference.RemovedBytes + (inode.Kind == EntryKind.File ? inode.Size : 0),
                };
            }
        }

        return difference;
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Counts the changes made by restoring an earlier generation.</summary>
internal sealed class RestoredTotals(BaseImage current, BaseImage wanted)
{
    /// <summary>The difference, and the totals of the restored generation.</summary>
    public GenerationDifference Difference(out (EntryCounts Counts, long Names, long ContentBytes) totals)
    {
        var difference = default(GenerationDifference);
        foreach (var number in new GenerationComparison(current, wanted).FindDiffering())
        {
            var was = current.Inodes.TryFind(number, out var old) ? SizeOf(current, old) : -1;
            var now = wanted.Inodes.TryFind(number, out var given) ? SizeOf(wanted, given) : -1;
            difference = (was, now) switch
            {
                ( < 0, _) => difference with { Added = difference.Added + 1, AddedBytes = difference.AddedBytes + now },
                (_, < 0) => difference with { Removed = difference.Removed + 1, RemovedBytes = difference.RemovedBytes + was },
                _ =>
                    difference with
                    {
                        Changed = difference.Changed + 1,
                        ChangedBytes = difference.ChangedBytes + (HasSameContent(old, given) ? 0 : now),
                    },
            };
        }

        totals = Totals();
        return difference;
    }

    private static long SizeOf(BaseImage image, int record) => image.Inodes.KindAt(record) == EntryKind.File ? image.Inodes.FileAt(record).Size : 0;

    private bool HasSameContent(int old, int now)
    {
        if (current.Inodes.KindAt(old) != EntryKind.File || wanted.Inodes.KindAt(now) != EntryKind.File)
        {
            return true;
        }

        var left = current.Inodes.FileAt(old);
        var right = wanted.Inodes.FileAt(now);
        return left.Size == right.Size && left.Start == right.Start && GenerationComparison.HaveOneFragment(current, left, wanted, right);
    }

    private (EntryCounts Counts, long Names, long ContentBytes) Totals()
    {
        if (wanted.Record is { } record)
        {
            return (ImageSummary.CountsOf(record.Raw.Counts), (long)record.Raw.Names, (long)record.Raw.ContentBytes);
        }

        var (counts, names, bytes) = (default(EntryCounts), 0L, 0L);
        for (var number = 1u; number <= wanted.Inodes.Highest; number++)
        {
            if (wanted.Inodes.TryFind(number, out var inode))
            {
                var kind = wanted.Inodes.KindAt(inode);
                counts = counts.Plus(kind);
                bytes += SizeOf(wanted, inode);
                names += kind == EntryKind.Directory ? NamesIn(inode) : 0;
            }
        }

        return (counts, names, bytes);
    }

    private long NamesIn(int directory)
    {
        var names = 0L;
        for (var listing = wanted.ListingAt(directory); listing.MoveNext(); names++)
        {
        }

        return names;
    }
}

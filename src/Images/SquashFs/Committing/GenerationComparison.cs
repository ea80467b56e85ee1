using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Compares the tables of two generations of one image: what has the same number, owner's index and blocks in both is the same.</summary>
internal sealed class GenerationComparison(BaseImage before, BaseImage after)
{
    /// <summary>Numbers of all entries whose inodes differ, but for exact times, or of which only one has one.</summary>
    public List<ulong> FindDiffering()
    {
        var numbers = new List<ulong>();
        for (var number = 1u; number <= Math.Max(before.Inodes.Highest, after.Inodes.Highest); number++)
        {
            var wasThere = before.Inodes.TryFind(number, out var old);
            var isThere = after.Inodes.TryFind(number, out var now);
            if (wasThere != isThere || (isThere && !AreEqual(old, now)))
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    private bool AreEqual(int old, int now)
    {
        if (after.Inodes.KindAt(now) != EntryKind.Directory || before.Inodes.KindAt(old) != EntryKind.Directory)
        {
            return before.Inodes.RecordAt(old).SequenceEqual(after.Inodes.RecordAt(now));
        }

        var (left, right) = (Bare(before.Inodes.HeaderAt(old)), Bare(after.Inodes.HeaderAt(now)));
        return left.Equals(right) && before.Inodes.XattrsAt(old) == after.Inodes.XattrsAt(now) && HaveEqualNames(old, now);
    }

    private bool HaveEqualNames(int old, int now)
    {
        var left = before.ListingAt(old);
        var right = after.ListingAt(now);
        while (left.MoveNext())
        {
            if (!right.MoveNext() || left.Number != right.Number || !left.Name.SequenceEqual(right.Name))
            {
                return false;
            }
        }

        return !right.MoveNext();
    }

    /// <summary>A header without what depends on the length of the listing.</summary>
    private static (ushort, ushort, ushort, uint) Bare(in RawInodeHeader header) =>
        (header.Permissions, header.UserIndex, header.GroupIndex, header.ModificationTime);
}

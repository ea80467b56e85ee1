using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Compares the tables of two generations of one image. Inodes with the same number, owner index and blocks in both are equal.</summary>
internal sealed class GenerationComparison(BaseImage before, BaseImage after)
{
    /// <summary>Numbers of all entries whose inodes differ, apart from exact times, or exist in only one generation.</summary>
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

    /// <summary>Whether the last bytes of two files are in the same place, or neither has any in a fragment.</summary>
    public static bool HaveOneFragment(BaseImage image, in BaseFile file, BaseImage otherImage, in BaseFile other) =>
        file.HasFragment == other.HasFragment && file.FragmentOffset == other.FragmentOffset
        && (!file.HasFragment || image.FragmentOf(file).Start == otherImage.FragmentOf(other).Start);

    private bool AreEqual(int old, int now)
    {
        var (was, kind) = (before.Inodes.KindAt(old), after.Inodes.KindAt(now));
        if (was == EntryKind.File && kind == EntryKind.File)
        {
            return AreEqualFiles(old, now);
        }

        if (was != EntryKind.Directory || kind != EntryKind.Directory)
        {
            return before.Inodes.RecordAt(old).SequenceEqual(after.Inodes.RecordAt(now));
        }

        var (left, right) = (Bare(before.Inodes.HeaderAt(old)), Bare(after.Inodes.HeaderAt(now)));
        return left.Equals(right) && before.Inodes.XattrsAt(old) == after.Inodes.XattrsAt(now) && HaveEqualNames(old, now);
    }

    /// <summary>A fragment's index depends on the generation; its location does not.</summary>
    private bool AreEqualFiles(int old, int now)
    {
        var left = before.Inodes.RecordAt(old);
        var right = after.Inodes.RecordAt(now);
        var was = before.Inodes.FileAt(old);
        var file = after.Inodes.FileAt(now);
        if (left.Length != right.Length || !HaveOneFragment(before, was, after, file))
        {
            return false;
        }

        if (was.Fragment == file.Fragment)
        {
            return left.SequenceEqual(right);
        }

        Span<byte> same = right.ToArray();
        FileLocation.Set(same, file.Start, was.Fragment);
        return left.SequenceEqual(same);
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

    /// <summary>A header without the parts that depend on the length of the listing.</summary>
    private static (ushort, ushort, ushort, uint) Bare(in RawInodeHeader header) =>
        (header.Permissions, header.UserIndex, header.GroupIndex, header.ModificationTime);
}

using System.Collections;
using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Plans a generation that holds what another one does.</summary>
internal static class UnchangedPlan
{
    /// <exception cref="ImageException">A directory lies in two places, or an entry leads nowhere.</exception>
    public static GenerationPlan Of(BaseImage image)
    {
        var plan = new GenerationPlan { Reached = new BitArray(checked((int)image.Inodes.Highest + 1)), Highest = image.Inodes.Highest };
        var pending = new Stack<PlannedDirectory>([new PlannedDirectory(image.Inodes.HeaderAt(image.Root).Number, 0, image.Root)]);
        plan.Reached[(int)pending.Peek().Number] = true;
        while (pending.TryPop(out var directory))
        {
            plan.Directories.Add(directory);
            var below = new List<PlannedDirectory>();
            var listing = image.ListingAt(directory.Record);
            while (listing.MoveNext())
            {
                var record = image.Inodes.Find(listing.Number, listing.Reference);
                if (listing.Kind == EntryKind.Directory)
                {
                    below.Add(!plan.Reached[(int)listing.Number]
                        ? new PlannedDirectory(listing.Number, directory.Number, record)
                        : throw new ImageException(ImageFault.DirectoryLoop, $"Directory {listing.Number} lies in two places."));
                }

                plan.Reached[(int)listing.Number] = true;
            }

            foreach (var next in Enumerable.Reverse(below))
            {
                pending.Push(next);
            }
        }

        return plan;
    }
}

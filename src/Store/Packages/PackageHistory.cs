using System.Text;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Store.Packages;

/// <summary>The package changes of each generation of an archive.</summary>
public static class PackageHistory
{
    /// <summary>
    /// Compares each generation with the previous one if the archive still holds it: by the names of conda's and pip's metadata files, in a few
    /// directories of each.
    /// </summary>
    /// <param name="archive">The archive.</param>
    /// <param name="history">Its generations, the newest first.</param>
    /// <returns>The changes by generation number. A generation is missing if it cannot be compared: the previous one is gone, or its directories are
    /// damaged, which <c>verify</c> reports.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyDictionary<long, IReadOnlyList<PackageChange>> Read(Archive archive, IReadOnlyList<GenerationEntry> history)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(history);
        var changes = new Dictionary<long, IReadOnlyList<PackageChange>>();
        State? before = null;
        try
        {
            foreach (var entry in history.Reverse())
            {
                var now = history.Count > 1 ? State.TryOpen(archive, entry.Number) : null;
                if (before?.Generation == entry.Number - 1 && now is not null)
                {
                    changes[entry.Number] = State.Compare(before, now);
                }

                before?.Dispose();
                before = now;
            }
        }
        finally
        {
            before?.Dispose();
        }

        return changes;
    }

    private sealed class State(SquashFsTree tree, long generation, string prefix) : IDisposable
    {
        private readonly IReadOnlyDictionary<string, EntryKind> _records = PackageListing.Read(tree, prefix).Paths;

        public long Generation => generation;

        public static State? TryOpen(Archive archive, long generation)
        {
            SquashFsTree? tree = null;
            try
            {
                tree = SquashFsTree.Open(archive.Path, generation);
                return new State(tree, generation, PrefixLocator.Locate(tree, archive.Name.Value));
            }
            catch (TreeException)
            {
                tree?.Dispose();
                return null;
            }
        }

        public static IReadOnlyList<PackageChange> Compare(State before, State now) =>
            new PackageComparison(before.Tree, now.Tree, now.Prefix).Compare(before.Without(now), now.Without(before));

        public void Dispose() => tree.Dispose();

        private SquashFsTree Tree => tree;

        private string Prefix => prefix;

        private IEnumerable<(ReadOnlyMemory<byte> Path, EntryKind Kind)> Without(State other) =>
            _records.Where(record => !other._records.ContainsKey(record.Key))
                .Select(record => ((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(record.Key), record.Value));
    }
}

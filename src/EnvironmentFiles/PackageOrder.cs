using CondaFuse.EnvironmentFiles.Versions;

namespace CondaFuse.EnvironmentFiles;

/// <summary>
/// Orders packages after their dependencies: conda installs an explicit list in its order, and Python must be there before the packages that it
/// compiles.
/// </summary>
internal static class PackageOrder
{
    /// <summary>Sorts; packages that depend on each other, and equal ones, keep their order.</summary>
    public static IReadOnlyList<LockedPackage> Sort(IReadOnlyList<LockedPackage> packages)
    {
        var byName = packages.GroupBy(package => package.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var sorted = new List<LockedPackage>(packages.Count);
        var seen = new HashSet<LockedPackage>();
        foreach (var package in packages)
        {
            Add(package, byName, seen, sorted);
        }

        return sorted;
    }

    /// <summary>Iterative, because a chain of dependencies may be as long as the list.</summary>
    private static void Add(LockedPackage first, Dictionary<string, LockedPackage> byName, HashSet<LockedPackage> seen, List<LockedPackage> sorted)
    {
        var open = new Stack<(LockedPackage Package, IEnumerator<string> Needs)>();
        Open(first);
        while (open.TryPeek(out var top))
        {
            if (!top.Needs.MoveNext())
            {
                sorted.Add(open.Pop().Package);
            }
            else if (byName.TryGetValue(top.Needs.Current, out var needed))
            {
                Open(needed);
            }
        }

        void Open(LockedPackage package)
        {
            if (seen.Add(package))
            {
                open.Push((package, package.Depends.Select(needed => Dependency.Parse(needed).Name).GetEnumerator()));
            }
        }
    }
}

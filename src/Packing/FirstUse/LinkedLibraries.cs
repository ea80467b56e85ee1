using CondaFuse.Packing.Content;
using CondaFuse.Tree;

namespace CondaFuse.Packing.FirstUse;

/// <summary>Finds the environment's libraries that programs and extension modules are linked with.</summary>
/// <param name="environment">The environment.</param>
/// <param name="folders">The directories that have libraries.</param>
internal sealed class LinkedLibraries(EnvironmentTree environment, IReadOnlyList<string> folders)
{
    /// <summary>Each file, and directly behind it the libraries that it is linked with, once each.</summary>
    public IEnumerable<string> With(IEnumerable<string> files)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>();
        foreach (var file in files)
        {
            pending.Push(file);
            while (pending.TryPop(out var path))
            {
                if (seen.Add(path))
                {
                    yield return path;
                    List<string> libraries = Path.GetExtension(path) is ".pyc" or ".py" or ".pth" ? [] : Of(path);
                    for (var index = libraries.Count - 1; index >= 0; index--)
                    {
                        pending.Push(libraries[index]);
                    }
                }
            }
        }
    }

    private List<string> Of(string path)
    {
        try
        {
            return environment.Describe(path) is not { Kind: EntryKind.File } file ? []
                : [.. ElfLibraries.Of((offset, length) => environment.ReadAt(file, offset, length))
                    .Select(name => folders.Select(folder => environment.FileBehind($"{folder}/{name}")).FirstOrDefault(found => found is not null))
                    .OfType<string>()];
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.Corrupt)
        {
            return [];
        }
    }
}

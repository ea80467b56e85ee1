using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Tests;

/// <summary>A tree (an empty one if none is given) whose changes are kept in memory, mounted by the real kernel.</summary>
internal sealed class ChangedMount : IDisposable
{
    public ChangedMount(INumberedTree? below = null)
    {
        Tree = ChangedTree.Open(below ?? new EmptyNumberedTree(), Store, TimeProvider.System);
        Mounted = new Mounted(Tree, readOnly: false);
    }

    public MemoryChangeStore Store { get; } = new();

    public ChangedTree Tree { get; }

    public Mounted Mounted { get; }

    public string At(string path) => Mounted.At(path);

    public void Dispose()
    {
        Mounted.Dispose();
        Tree.Dispose();
    }
}

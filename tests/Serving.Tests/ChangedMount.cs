using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Serving.Tests;

/// <summary>An empty tree whose changes are kept in memory, mounted by the real kernel.</summary>
internal sealed class ChangedMount : IDisposable
{
    public ChangedMount()
    {
        Tree = ChangedTree.Open(new EmptyNumberedTree(), Store, TimeProvider.System);
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

using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>The union over an empty root: everything is changed.</summary>
public sealed class UnionOnNothingTests : WritableTreeContract
{
    private readonly TestClock _clock = new();

    protected override IWritableTree Open()
    {
        var tree = ChangedTree.Open(new EmptyNumberedTree(), new MemoryChangeStore(), _clock);
        Fill(new TreeSession(tree));
        return tree;
    }

    protected override void Tick() => _clock.Advance(TimeSpan.FromSeconds(2));
}

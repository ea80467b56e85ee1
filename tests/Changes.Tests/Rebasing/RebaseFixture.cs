using CondaFuse.Changes.Rebasing;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Tests.Crash;
using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Rebasing;

/// <summary>A generation of an image, a layer over it, and a later generation: the tree is that of <see cref="Union.UnionFixture"/>.</summary>
internal sealed class RebaseFixture : IDisposable
{
    private readonly FrozenTree _former;
    private readonly MemoryChangeStore _layer = new();
    private readonly ChangedTree _theirs;
    private readonly List<ChangedTree> _trees = [];

    public RebaseFixture(Action<TreeSession>? more = null)
    {
        using (var image = new Union.UnionFixture())
        {
            more?.Invoke(image.T);
            _former = new FrozenTree(image.Tree);
        }

        Mine = new TreeSession(Open(_former, _layer));
        _theirs = Open(_former, new MemoryChangeStore());
        Theirs = new TreeSession(_theirs);
        Former = new TreeSession(Open(_former, new MemoryChangeStore()));
    }

    public TreeSession Former { get; }

    public TreeSession Mine { get; }

    public TreeSession Theirs { get; }

    public IReadOnlyList<RebaseConflict> Conflicts { get; private set; } = [];

    /// <summary>The layer over the later generation, as its replay produces it.</summary>
    public TreeSession Rebase(RebaseSide keep = RebaseSide.Theirs)
    {
        var now = new FrozenTree(_theirs);
        var rebase = LayerRebase.Of(Open(_former, _layer.Reopen()), now, _theirs.ChangedInodes, keep);
        Conflicts = rebase.Conflicts;
        var store = new MemoryChangeStore();
        store.Replay(new Nothing());
        rebase.Write(store.BeginWriting(rebase.NextInode));
        return new TreeSession(Open(now, store.Reopen()));
    }

    public void Dispose() => _trees.ForEach(tree => tree.Dispose());

    private ChangedTree Open(INumberedTree tree, IChangeStore store)
    {
        var opened = ChangedTree.Open(tree, store, new TestClock());
        _trees.Add(opened);
        return opened;
    }

    private sealed class Nothing : IChangeSink
    {
        public void Apply(in Change change)
        {
        }
    }
}

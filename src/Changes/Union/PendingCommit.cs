using CondaFuse.Changes.Journal;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// A commit of a tree that continues to change. Changes made before it began are written into the image; later ones are applied to the new image.
/// Disposing it without <see cref="Complete"/> abandons it.
/// </summary>
public sealed class PendingCommit : IDisposable
{
    private readonly TreeCommits _commits;
    private readonly List<RetainedChange> _later = [];

    internal PendingCommit(TreeCommits commits, ILayeredTree snapshot, Guid segment, bool isLast)
    {
        (_commits, Tree, Segment, IsLast) = (commits, snapshot, segment, isLast);
    }

    /// <summary>A snapshot of the tree when the commit began. It must not be used after <see cref="Complete"/> or <see cref="Dispose"/>.</summary>
    public ILayeredTree Tree { get; }

    /// <summary>The last segment of the journal whose changes <see cref="Tree"/> has: the new generation records it as merged.</summary>
    public Guid Segment { get; }

    /// <summary>Whether no changes follow it.</summary>
    internal bool IsLast { get; }

    /// <summary>Offset in the log of the first content that the snapshot does not have.</summary>
    internal long DataStart { get; set; }

    internal IReadOnlyList<RetainedChange> Later => _later;

    internal bool IsOver { get; set; }

    /// <summary>Whether the image is known to hold the sealed changes.</summary>
    internal bool IsWritten { get; set; }

    /// <summary>The image is written: the tree continues with it, and the journal drops the changes that it holds.</summary>
    /// <param name="image">The new generation, owned by the tree from now on. The former base is disposed of when nobody reads from it. Null after a
    /// last commit: the tree must not be used any more then.</param>
    /// <param name="generation">Its number.</param>
    /// <exception cref="TreeException">The new base does not fit, or entries that the image lacks because they have no name could not be kept. The
    /// tree continues as before.</exception>
    public void Complete(INumberedTree? image, long generation) => _commits.Complete(this, image, generation);

    /// <summary>Abandons the commit, unless it is complete.</summary>
    public void Dispose() => _commits.Abandon(this);

    internal void Keep(in Change change)
    {
        if (!IsOver)
        {
            _later.Add(new RetainedChange(change));
        }
    }
}

/// <summary>A read-only store of a snapshot's content. It owns nothing.</summary>
internal sealed class FrozenStore(IChangeLog log) : IChangeStore
{
    public ulong NextInode => 0;

    public FreeSpace FreeSpace => log.FreeSpace;

    public void Replay(IChangeSink sink)
    {
    }

    public void ReadData(long offset, Span<byte> destination) => log.ReadData(offset, destination);

    public IChangeLog BeginWriting(ulong nextInode) => throw new TreeException(TreeFailure.ReadOnly, "A snapshot cannot be changed.");

    public void Sync()
    {
    }

    public void Dispose()
    {
    }
}

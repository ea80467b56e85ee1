using CondaFuse.Changes.Journal;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// A commit of a tree that goes on changing: what was changed until it began, to be written into the image, and what comes after, to be put onto the
/// new image. Disposed without <see cref="Complete"/>, it never was.
/// </summary>
public sealed class PendingCommit : IDisposable
{
    private readonly TreeCommits _commits;
    private readonly List<RetainedChange> _later = [];

    internal PendingCommit(TreeCommits commits, ILayeredTree snapshot, Guid segment, bool isLast)
    {
        (_commits, Tree, Segment, IsLast) = (commits, snapshot, segment, isLast);
    }

    /// <summary>
    /// The tree as it was when the commit began; it does not change, and is not to be used after <see cref="Complete"/> or <see cref="Dispose"/>.
    /// </summary>
    public ILayeredTree Tree { get; }

    /// <summary>The last segment of the journal whose changes <see cref="Tree"/> has: the new generation names it as merged.</summary>
    public Guid Segment { get; }

    /// <summary>Whether nothing is changed after it.</summary>
    internal bool IsLast { get; }

    /// <summary>Where in the log content began that the snapshot has not.</summary>
    internal long DataStart { get; set; }

    internal IReadOnlyList<RetainedChange> Later => _later;

    internal bool IsOver { get; set; }

    /// <summary>Whether the image is known to hold what was sealed.</summary>
    internal bool IsWritten { get; set; }

    /// <summary>The image is written: the tree goes on with it, and the journal forgets what is in it.</summary>
    /// <param name="image">The new generation, which belongs to the tree from now on; the former base is disposed of when nobody reads from it. Null
    /// after a last commit: the tree is not to be used any more then.</param>
    /// <param name="generation">Its number.</param>
    /// <exception cref="TreeException">What the image has not, because it has no name, could not be kept, or
    /// the new base does not fit; the tree goes on as it was.</exception>
    public void Complete(INumberedTree? image, long generation) => _commits.Complete(this, image, generation);

    /// <summary>Gives the commit up, unless it is complete.</summary>
    public void Dispose() => _commits.Abandon(this);

    internal void Keep(in Change change)
    {
        if (!IsOver)
        {
            _later.Add(new RetainedChange(change));
        }
    }
}

/// <summary>Content for a snapshot, to which nothing is written. It owns nothing.</summary>
internal sealed class FrozenStore(IChangeLog log) : IChangeStore
{
    public ulong NextInode => 0;

    public FreeSpace FreeSpace => log.FreeSpace;

    public void Replay(IChangeSink sink)
    {
    }

    public void ReadData(long offset, Span<byte> destination) => log.ReadData(offset, destination);

    public IChangeLog BeginWriting(ulong nextInode) => throw new TreeException(TreeFailure.ReadOnly, "A snapshot is not changed.");

    public void Sync()
    {
    }

    public void Dispose()
    {
    }
}

using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

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

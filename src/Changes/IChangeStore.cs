using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>The changes that are kept beside one image, and the way to add more.</summary>
public interface IChangeStore : IDisposable
{
    /// <summary>Inode numbers from here on are free, as far as the changes know; 0 if there are none.</summary>
    ulong NextInode { get; }

    /// <summary>Room on the file system that will hold changes.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>Hands over all changes that are there, in their order.</summary>
    void Replay(IChangeSink sink);

    /// <summary>Reads content that replayed changes name.</summary>
    void ReadData(long offset, Span<byte> destination);

    /// <summary>
    /// Returns when all that was replayed is on the storage: whoever wrote it may have been killed before. Once writing has begun, <see cref="IChangeLog.Sync"/>
    /// sees to it.
    /// </summary>
    void Sync();

    /// <summary>Called before the first change: makes sure that nobody else writes, and nobody wrote since the replay.</summary>
    /// <param name="nextInode">The first number that a new entry may get.</param>
    /// <exception cref="TreeException"><see cref="TreeFailure.ReadOnly"/>, with who writes, or why nobody can. It may be asked again later.</exception>
    IChangeLog BeginWriting(ulong nextInode);
}

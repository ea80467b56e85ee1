using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>
/// Where changes go, in their order. What an append was given is the kernel's when it returns: a killed process loses none of it. Not for several
/// threads at once, but for <see cref="ReadData"/>, <see cref="Sync"/> and the properties. Failures are <see cref="TreeException"/>s
/// (<see cref="TreeFailure.NoSpace"/>, <see cref="TreeFailure.QuotaExceeded"/>,
/// <see cref="TreeFailure.Storage"/>) and leave the log as it was before the call.
/// </summary>
public interface IChangeLog : IDisposable
{
    /// <summary>Bytes of content so far, dead ones too; where the next one is appended.</summary>
    long DataLength { get; }

    /// <summary>Bytes of records so far.</summary>
    long JournalLength { get; }

    /// <summary>Bytes that were appended since the last <see cref="Sync"/> began that ended well.</summary>
    long UnsyncedBytes { get; }

    /// <summary>The segment that changes go to: an image that holds all of them names it as merged.</summary>
    Guid Segment { get; }

    /// <summary>Room on the file system that holds the log.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>
    /// Appends content; it counts only once a <see cref="ChangeKind.Write"/> names it. If appending that fails, the content is taken back too.
    /// </summary>
    /// <returns>Its offset, by which <see cref="Change.DataOffset"/> and <see cref="ReadData"/> name it.</returns>
    long AppendData(ReadOnlySpan<byte> content, out uint checksum);

    /// <summary>Appends a change.</summary>
    void Append(in Change change);

    /// <summary>
    /// Returns when all that was appended before the call is on the storage. When it fails, nobody knows what is: from then on the log takes no more
    /// changes (<see cref="TreeFailure.Storage"/>, or what the storage said), and what it holds stays readable.
    /// </summary>
    void Sync();

    /// <summary>Reads content that was appended, now or in an earlier session.</summary>
    void ReadData(long offset, Span<byte> destination);

    /// <summary>
    /// Begins a log that replaces this one: it holds nothing yet. Until <see cref="IReplacementLog.Commit"/> a crash leaves this one in force.
    /// Not between a <see cref="Seal"/> and its <see cref="Merged"/> or <see cref="Unseal"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sealed segment.</exception>
    IReplacementLog BeginReplacement(ulong nextInode);

    /// <summary>
    /// Begins a commit: syncs all changes so far and lets later ones go to a new segment, which names this
    /// one as its parent. Content stays where it is.
    /// </summary>
    /// <param name="nextInode">The first number that a new entry may get.</param>
    /// <param name="begin">Writes what the new segment begins with. Where that fails, nothing was changed.</param>
    /// <returns>The sealed segment: the image that will hold its changes, and all before them, names it as merged.</returns>
    Guid Seal(ulong nextInode, Action<IChangeLog>? begin = null);

    /// <summary>
    /// Gives the room of content back that nobody will read any more; to be called after a <see cref="Sync"/> that saw what made it so. Nothing
    /// happens where the storage cannot do that.
    /// </summary>
    /// <param name="dead">Ranges of offsets: first byte and end.</param>
    /// <returns>Bytes that were given back.</returns>
    long GiveBack(IEnumerable<(long Start, long End)> dead) => 0;

    /// <summary>The commit failed: the image is as it was, the sealed segment counts on.</summary>
    void Unseal();

    /// <summary>
    /// The commit is done: an image of this generation holds the changes up to this segment. Their files are
    /// removed; their content cannot be read any more.
    /// </summary>
    /// <param name="segment">What <see cref="Seal"/> returned, or <see cref="Segment"/>: then this was the log's last call but its disposal.</param>
    /// <param name="generation">The image's generation now; if it is what it was, all changes are dropped, at once.</param>
    void Merged(Guid segment, long generation);
}

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
    /// Returns when all that was replayed is on the storage: whoever wrote it may have been killed before.
    /// Once writing has begun, <see cref="IChangeLog.Sync"/> sees to it.
    /// </summary>
    void Sync();

    /// <summary>Called before the first change: makes sure that nobody else writes, and nobody wrote since the replay.</summary>
    /// <param name="nextInode">The first number that a new entry may get.</param>
    /// <exception cref="TreeException"><see cref="TreeFailure.ReadOnly"/>, with who writes, or why nobody
    /// can. It may be asked again later.</exception>
    IChangeLog BeginWriting(ulong nextInode);
}

/// <summary>A log that is to take another's place; disposed without a commit, it never was.</summary>
public interface IReplacementLog : IDisposable
{
    /// <summary>What to append the whole state to.</summary>
    IChangeLog Log { get; }

    /// <summary>
    /// Syncs it and puts it in the other's place, atomically. The other one's files are removed; content that
    /// is still being read from it stays readable.
    /// </summary>
    /// <returns>The log to go on with.</returns>
    IChangeLog Commit();
}

/// <summary>Takes replayed changes one by one.</summary>
public interface IChangeSink
{
    /// <summary>Takes a change; its names and values are valid during the call only.</summary>
    void Apply(in Change change);
}

/// <summary>What an image says of itself to the changes beside it.</summary>
/// <param name="Image">The image's identity.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Merged">The last segment whose changes it holds, or <see cref="Guid.Empty"/>.</param>
public readonly record struct ChangeBase(Guid Image, long Generation, Guid Merged);

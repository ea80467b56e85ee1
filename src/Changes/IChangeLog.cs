using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>
/// A log of changes in order. When an append returns, the kernel has the data: killing the process loses none of it. Not thread-safe, except for
/// <see cref="ReadData"/>, <see cref="Sync"/> and the properties. Failures are <see cref="TreeException"/>s (<see cref="TreeFailure.NoSpace"/>,
/// <see cref="TreeFailure.QuotaExceeded"/>, <see cref="TreeFailure.Storage"/>) and leave the log as it was before the call.
/// </summary>
public interface IChangeLog : IDisposable
{
    /// <summary>Bytes of content so far, including dead content. The next content is appended at this offset.</summary>
    long DataLength { get; }

    /// <summary>Bytes of records so far.</summary>
    long JournalLength { get; }

    /// <summary>Bytes appended since the start of the last successful <see cref="Sync"/>.</summary>
    long UnsyncedBytes { get; }

    /// <summary>The segment that receives changes. An image that holds all of them records it as merged.</summary>
    Guid Segment { get; }

    /// <summary>Free space on the file system that holds the log.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>
    /// Appends content. It counts only once a <see cref="ChangeKind.Write"/> names it. If appending that change fails, the content is removed too.
    /// </summary>
    /// <returns>Its offset, for <see cref="Change.DataOffset"/> and <see cref="ReadData"/>.</returns>
    long AppendData(ReadOnlySpan<byte> content, out uint checksum);

    /// <summary>Appends a change.</summary>
    void Append(in Change change);

    /// <summary>
    /// Returns when everything appended before the call is on the storage. If it fails, it is unknown what is on the storage. From then on, the log
    /// accepts no changes (<see cref="TreeFailure.Storage"/>, or the storage's own failure), and its content stays readable.
    /// </summary>
    void Sync();

    /// <summary>Reads content that was appended in this session or an earlier one.</summary>
    void ReadData(long offset, Span<byte> destination);

    /// <summary>
    /// Begins an empty log that replaces this one. Until <see cref="IReplacementLog.Commit"/>, a crash leaves this one active. Not allowed between
    /// a <see cref="Seal"/> and its <see cref="Merged"/> or <see cref="Unseal"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a sealed segment.</exception>
    IReplacementLog BeginReplacement(ulong nextInode);

    /// <summary>
    /// Begins a commit: syncs all changes so far and sends later ones to a new segment, which names this one as its parent. Content stays where it
    /// is.
    /// </summary>
    /// <param name="nextInode">The lowest inode number for new entries.</param>
    /// <param name="begin">Writes the beginning of the new segment. If it fails, nothing has changed.</param>
    /// <returns>The sealed segment. The image that will hold its changes, and all earlier ones, records it as merged.</returns>
    Guid Seal(ulong nextInode, Action<IChangeLog>? begin = null);

    /// <summary>
    /// Frees the space of content that will not be read any more. Call it after a <see cref="Sync"/> that includes the changes which made it dead.
    /// It does nothing if the storage cannot free parts of a file.
    /// </summary>
    /// <param name="dead">Ranges of offsets: start and end (exclusive).</param>
    /// <returns>Bytes freed.</returns>
    long PunchHoles(IEnumerable<(long Start, long End)> dead) => 0;

    /// <summary>The commit failed: the image is unchanged, and the sealed segment stays active.</summary>
    void Unseal();

    /// <summary>
    /// The commit succeeded: an image of this generation holds the changes up to this segment. Their files are removed, and their content can no
    /// longer be read.
    /// </summary>
    /// <param name="segment">The result of <see cref="Seal"/>; or <see cref="Segment"/>, in which case only disposal may follow.</param>
    /// <param name="generation">The image's new generation. If it has not changed, all changes are discarded at once.</param>
    void Merged(Guid segment, long generation);
}

/// <summary>The changes kept beside one image, and the way to append more.</summary>
public interface IChangeStore : IDisposable
{
    /// <summary>Inode numbers from here on are free, as far as the changes are concerned; 0 if there are no changes.</summary>
    ulong NextInode { get; }

    /// <summary>Free space on the file system that will hold the changes.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>Passes all stored changes to the sink, in order.</summary>
    void Replay(IChangeSink sink);

    /// <summary>Reads content that replayed changes name.</summary>
    void ReadData(long offset, Span<byte> destination);

    /// <summary>
    /// Returns when everything that was replayed is on the storage: its writer may have been killed before syncing. Once writing has begun,
    /// <see cref="IChangeLog.Sync"/> does this.
    /// </summary>
    void Sync();

    /// <summary>Called before the first change: checks that no other process is writing or wrote since the replay.</summary>
    /// <param name="nextInode">The lowest inode number for new entries.</param>
    /// <exception cref="TreeException"><see cref="TreeFailure.ReadOnly"/>, with the name of the writer or the reason. The call may be
    /// repeated later.</exception>
    IChangeLog BeginWriting(ulong nextInode);
}

/// <summary>A log that will replace another one. Disposing it without a commit discards it.</summary>
public interface IReplacementLog : IDisposable
{
    /// <summary>The log to append the whole state to.</summary>
    IChangeLog Log { get; }

    /// <summary>
    /// Syncs the log and atomically puts it in place of the other one. The files of the other log are removed; content that is still being read from
    /// it stays readable.
    /// </summary>
    /// <returns>The log to continue with.</returns>
    IChangeLog Commit();
}

/// <summary>Takes replayed changes one at a time.</summary>
public interface IChangeSink
{
    /// <summary>Takes a change. Its names and values are valid only during the call.</summary>
    void Apply(in Change change);
}

/// <summary>How an image identifies itself to the changes beside it.</summary>
/// <param name="Image">The image's identity.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Merged">The last segment whose changes the image holds, or <see cref="Guid.Empty"/>.</param>
public readonly record struct ChangeBase(Guid Image, long Generation, Guid Merged);

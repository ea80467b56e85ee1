using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>
/// Where changes go, in their order. What an append was given is the kernel's when it returns: a killed process loses none of it. Not for several
/// threads at once, but for <see cref="ReadData"/>, <see cref="Sync"/> and the properties. Failures are <see cref="TreeException"/>s
/// (<see cref="TreeFailure.NoSpace"/>, <see cref="TreeFailure.QuotaExceeded"/>, <see cref="TreeFailure.Storage"/>) and leave the log as it was before the call.
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

    /// <summary>Appends content; it counts only once a <see cref="ChangeKind.Write"/> names it. If appending that fails, the content is taken back too.</summary>
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
    /// Begins a commit: syncs all changes so far and lets later ones go to a new segment, which names this one as its parent. Content stays where it is.
    /// </summary>
    /// <param name="nextInode">The first number that a new entry may get.</param>
    /// <param name="begin">Writes what the new segment begins with. Where that fails, nothing was changed.</param>
    /// <returns>The sealed segment: the image that will hold its changes, and all before them, names it as merged.</returns>
    Guid Seal(ulong nextInode, Action<IChangeLog>? begin = null);

    /// <summary>
    /// Gives the room of content back that nobody will read any more; to be called after a <see cref="Sync"/> that saw what made it so. Nothing happens where the storage cannot do that.
    /// </summary>
    /// <param name="dead">Ranges of offsets: first byte and end.</param>
    /// <returns>Bytes that were given back.</returns>
    long GiveBack(IEnumerable<(long Start, long End)> dead) => 0;

    /// <summary>The commit failed: the image is as it was, the sealed segment counts on.</summary>
    void Unseal();

    /// <summary>The commit is done: an image of this generation holds the changes up to this segment. Their files are removed; their content cannot be read any more.</summary>
    /// <param name="segment">What <see cref="Seal"/> returned, or <see cref="Segment"/>: then this was the log's last call but its disposal.</param>
    /// <param name="generation">The image's generation now; if it is what it was, all changes are dropped, at once.</param>
    void Merged(Guid segment, long generation);
}

using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>
/// Where changes go, in their order. What an append was given is the kernel's when it returns: a killed process loses none of it. Not for several
/// threads at once, but for <see cref="ReadData"/>. Failures are <see cref="TreeException"/>s (<see cref="TreeFailure.NoSpace"/>,
/// <see cref="TreeFailure.QuotaExceeded"/>, <see cref="TreeFailure.Storage"/>) and leave the log as it was before the call.
/// </summary>
public interface IChangeLog : IDisposable
{
    /// <summary>Bytes of the data file so far.</summary>
    long DataLength { get; }

    /// <summary>Bytes of the journal so far.</summary>
    long JournalLength { get; }

    /// <summary>Room on the file system that holds the log.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>Appends content; it counts only once a <see cref="ChangeKind.Write"/> names it.</summary>
    /// <returns>Where in the data file it starts.</returns>
    long AppendData(ReadOnlySpan<byte> content, out uint checksum);

    /// <summary>Appends a change.</summary>
    void Append(in Change change);

    /// <summary>Returns when all that was appended is on the storage.</summary>
    void Sync();

    /// <summary>Reads content that was appended, now or in an earlier session.</summary>
    void ReadData(long offset, Span<byte> destination);

    /// <summary>
    /// Begins a log that replaces this one: it holds nothing yet. Until <see cref="IReplacementLog.Commit"/> a crash leaves this one in force.
    /// </summary>
    IReplacementLog BeginReplacement(ulong nextInode);
}

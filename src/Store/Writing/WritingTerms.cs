using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Writing;

/// <summary>Who wants to write which environment, and what it takes.</summary>
/// <param name="State">The image as it is mounted, and the place of its changes.</param>
/// <param name="Self">Who writes.</param>
/// <param name="Locks">Locks of the file system.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">Takes a line for the server's log.</param>
public sealed record WritingTerms(ArchiveState State, WriterIdentity Self, IWriterLocks Locks, TimeProvider Clock, Action<string> Log);

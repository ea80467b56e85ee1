using CondaFuse.Images;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Writing;

/// <summary>Who wants to write which environment, and what it takes.</summary>
/// <param name="Image">Path of the image.</param>
/// <param name="Version">The version that is mounted.</param>
/// <param name="Place">Where its changes are kept.</param>
/// <param name="Self">Who writes.</param>
/// <param name="Locks">Locks of the file system.</param>
/// <param name="Clock">The time.</param>
/// <param name="Log">Takes a line for the server's log.</param>
public sealed record WritingTerms(
    string Image, GenerationInfo Version, ChangePlace Place, WriterIdentity Self, IWriterLocks Locks, TimeProvider Clock, Action<string> Log);

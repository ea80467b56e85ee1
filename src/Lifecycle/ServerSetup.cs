using CondaFuse.Mounts;
using CondaFuse.Store;
using CondaFuse.Store.Writing;

namespace CondaFuse.Lifecycle;

/// <summary>What a server is given.</summary>
public sealed record ServerSetup
{
    /// <summary>The mount.</summary>
    public required MountPlan Plan { get; init; }

    /// <summary>Where everything lies.</summary>
    public required Layout Layout { get; init; }

    /// <summary>Makes and undoes the mount.</summary>
    public required FuseMounter Mounter { get; init; }

    /// <summary>Who writes.</summary>
    public required WriterIdentity Self { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Takes a line for what goes wrong.</summary>
    public required SafeLog Log { get; init; }

    /// <summary>A pipe's reading end: the mount is detached when nobody holds the other end any more. Null for a mount that outlives its starter.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? Lifeline { get; init; }

    /// <summary>How many threads may commit.</summary>
    public required int Threads { get; init; }

    /// <summary>Turns a failure into a sentence.</summary>
    public required Func<Exception, string> Explain { get; init; }

    /// <summary>Tells who started the server that the mount answers, and what was found amiss.</summary>
    public required Action<IReadOnlyList<string>> SayReady { get; init; }

    /// <summary>Makes what reads ahead on a mount of the archive of that identity; null where nobody wants that.</summary>
    public required Func<Guid, IReadAhead?> NewReadAhead { get; init; }

    /// <summary>Begins what is to follow a commit, when everything is closed; returns what a person should know of it.</summary>
    public required Func<string?> AfterCommit { get; init; }
}

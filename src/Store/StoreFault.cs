using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Why an operation on an environment or its archive failed.</summary>
public enum StoreFault
{
    /// <summary>The name breaks the rules for names.</summary>
    BadName,

    /// <summary>There is no such archive, mount or directory.</summary>
    NotFound,

    /// <summary>It exists already.</summary>
    AlreadyExists,

    /// <summary>Another process uses it.</summary>
    Busy,

    /// <summary>The server of a mount could not be started, or did not end.</summary>
    Server,

    /// <summary>This version does not support the operation for this kind of archive.</summary>
    Unsupported,

    /// <summary>conda could not be found, or failed.</summary>
    Conda,

    /// <summary>There are changes that do not belong to the archive's current state.</summary>
    Mismatched,

    /// <summary>There are changes that build on an earlier generation of the archive.</summary>
    Stale,

    /// <summary>Another user who may not write the archive could have written an entry beside it.</summary>
    Untrusted,

    /// <summary>The user declined.</summary>
    Declined,

    /// <summary>The user interrupted it.</summary>
    Interrupted,

    /// <summary>There is no environment to run a command in.</summary>
    CannotRun,

    /// <summary>The environment lacks something that another program needs.</summary>
    Unusable,
}

/// <summary>An operation on an environment or its archive failed.</summary>
/// <param name="fault">The kind of failure.</param>
/// <param name="message">What happened, to which file, and what to do next.</param>
/// <param name="inner">The cause.</param>
public class StoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public StoreFault Fault { get; } = fault;

    /// <summary>What the user can do next, as a command to paste if possible; null if nothing is known.</summary>
    public string? Hint { get; init; }

    /// <summary>Message and hint as lines for another process, each escaped so that it stays one line.</summary>
    public string Lines => Hint is null ? PrintableText.Of(Message) : $"{PrintableText.Of(Message)}\n{PrintableText.Of(Hint)}";

    /// <summary>The file that it is about; null if there is none.</summary>
    public string? Path { get; init; }
}

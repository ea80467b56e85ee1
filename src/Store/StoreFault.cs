using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Why something could not be done with an environment or its archive.</summary>
public enum StoreFault
{
    /// <summary>The name breaks the rules for names.</summary>
    BadName,

    /// <summary>There is no such archive, mount or directory.</summary>
    NotFound,

    /// <summary>It is there already.</summary>
    AlreadyExists,

    /// <summary>Somebody uses it.</summary>
    Busy,

    /// <summary>The server of a mount could not be started, or did not end.</summary>
    Server,

    /// <summary>This version cannot do it with this kind of archive.</summary>
    Unsupported,

    /// <summary>conda could not be found, or failed.</summary>
    Conda,

    /// <summary>There are changes that do not belong to the archive as it is.</summary>
    Mismatched,

    /// <summary>There are changes that build on an earlier generation of the archive than it shows now.</summary>
    Stale,

    /// <summary>Another user, who may not write the archive, could have written what lies beside it.</summary>
    Untrusted,

    /// <summary>The user answered no.</summary>
    Declined,
}

/// <summary>Something that could not be done with an environment or its archive.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What happened, to which file, and what to do next.</param>
/// <param name="inner">What caused it.</param>
public class StoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public StoreFault Fault { get; } = fault;

    /// <summary>What the user can do next: a command to paste where there is one; null where nothing is known.</summary>
    public string? Hint { get; init; }

    /// <summary>Message and hint as lines for another process, each escaped so that it stays one.</summary>
    public string Lines => Hint is null ? PrintableText.Of(Message) : $"{PrintableText.Of(Message)}\n{PrintableText.Of(Hint)}";

    /// <summary>The file that it is about; null where there is none.</summary>
    public string? Path { get; init; }
}

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
}

/// <summary>Something that could not be done with an environment or its archive.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What happened, to which file, and what to do next.</param>
/// <param name="inner">What caused it.</param>
public class StoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public StoreFault Fault { get; } = fault;
}

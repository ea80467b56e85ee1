namespace CondaFuse.Platform;

/// <summary>Signals by their Linux numbers.</summary>
public enum Signal
{
    /// <summary>Only asks whether the process can be signalled.</summary>
    None = 0,

    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,
}

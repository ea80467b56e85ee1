namespace CondaFuse.Store.Writing;

/// <summary>Whether a holder still is.</summary>
public enum HolderState
{
    /// <summary>It runs on this host.</summary>
    Alive,

    /// <summary>It ran on this host.</summary>
    Dead,

    /// <summary>It runs, or ran, on another host or in another container.</summary>
    Unknown,
}

namespace CondaFuse.Store;

/// <summary>What it took to have a mount.</summary>
public enum MountOutcome
{
    /// <summary>It was there.</summary>
    AlreadyMounted,

    /// <summary>It was made.</summary>
    Mounted,

    /// <summary>One whose server had died was cleared away, and a new one made.</summary>
    Repaired,
}

namespace CondaFuse.Platform;

/// <summary>What became of a wish for a lock.</summary>
public enum LockAnswer
{
    /// <summary>It is ours until the file is closed.</summary>
    Taken,

    /// <summary>Somebody else has it.</summary>
    Held,

    /// <summary>This file system has no working locks.</summary>
    Unsupported,
}

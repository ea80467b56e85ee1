namespace CondaFuse.Mounts;

/// <summary>Why a mount could not be made or undone.</summary>
public enum MountFault
{
    /// <summary>There is no <c>/dev/fuse</c>, or this user may not open it.</summary>
    NoDevice,

    /// <summary>Neither <c>fusermount3</c> nor <c>fusermount</c> is on PATH.</summary>
    NoFusermount,

    /// <summary>The kernel or fusermount refused.</summary>
    Refused,

    /// <summary>Somebody uses it.</summary>
    Busy,
}

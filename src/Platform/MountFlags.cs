namespace CondaFuse.Platform;

/// <summary>Flags of <c>mount(2)</c>.</summary>
[Flags]
public enum MountFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MS_RDONLY.</summary>
    ReadOnly = 1,

    /// <summary>MS_NOSUID.</summary>
    NoSetId = 2,

    /// <summary>MS_NODEV.</summary>
    NoDevices = 4,
}

namespace CondaFuse.Fuse.Wire;

/// <summary><c>FALLOC_FL_*</c> of fallocate(2). No flag reserves room and lets the file grow.</summary>
[Flags]
public enum AllocateFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The file keeps its length.</summary>
    KeepSize = 0x01,

    /// <summary>Make a hole; goes with <see cref="KeepSize"/>.</summary>
    PunchHole = 0x02,

    /// <summary>Cut the range out.</summary>
    CollapseRange = 0x08,

    /// <summary>Make it zeros.</summary>
    ZeroRange = 0x10,

    /// <summary>Insert a hole.</summary>
    InsertRange = 0x20,

    /// <summary>Make shared blocks the file's own.</summary>
    UnshareRange = 0x40,
}

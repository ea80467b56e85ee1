namespace CondaFuse.Fuse.Wire;

/// <summary><c>SEEK_*</c> of lseek(2), as far as the kernel asks for it.</summary>
public enum SeekWhence : uint
{
    /// <summary>SEEK_DATA.</summary>
    Data = 3,

    /// <summary>SEEK_HOLE.</summary>
    Hole = 4,
}

namespace CondaFuse.Fuse.Wire;

/// <summary><c>RENAME_*</c> of renameat2(2).</summary>
[Flags]
public enum RenameFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Fail if the new name exists.</summary>
    NoReplace = 1 << 0,

    /// <summary>Both names change places.</summary>
    Exchange = 1 << 1,

    /// <summary>Leave a whiteout behind, for overlayfs.</summary>
    Whiteout = 1 << 2,
}

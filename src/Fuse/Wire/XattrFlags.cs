namespace CondaFuse.Fuse.Wire;

/// <summary><c>XATTR_*</c> of setxattr(2).</summary>
[Flags]
public enum XattrFlags : uint
{
    /// <summary>Made or replaced.</summary>
    None = 0,

    /// <summary>Fail if it exists.</summary>
    Create = 1,

    /// <summary>Fail if it does not exist.</summary>
    Replace = 2,
}

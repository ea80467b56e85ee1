namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_getxattr_in</c>: body of GETXATTR (a name follows) and LISTXATTR.</summary>
/// <param name="Size">Size of the value's buffer in bytes; 0 requests only the length.</param>
/// <param name="Reserved">Padding.</param>
public readonly record struct XattrRequest(uint Size, uint Reserved);

/// <summary><c>fuse_getxattr_out</c>: reply to a GETXATTR or LISTXATTR of size 0.</summary>
/// <param name="Length">Length of the value or list in bytes.</param>
/// <param name="Reserved">Padding.</param>
public readonly record struct XattrLengthReply(uint Length, uint Reserved);

/// <summary><c>fuse_setxattr_in</c> without its extension; the name and the value follow.</summary>
/// <param name="Size">Length of the value in bytes.</param>
/// <param name="Flags">The conditions.</param>
public readonly record struct SetXattrRequest(uint Size, XattrFlags Flags);

/// <summary><c>XATTR_*</c> of setxattr(2).</summary>
[Flags]
public enum XattrFlags : uint
{
    /// <summary>Create or replace.</summary>
    None = 0,

    /// <summary>Fail if it exists.</summary>
    Create = 1,

    /// <summary>Fail if it does not exist.</summary>
    Replace = 2,
}

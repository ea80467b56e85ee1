namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_getxattr_in</c>: body of GETXATTR (a name follows) and LISTXATTR.</summary>
/// <param name="Size">Room for the value in bytes; 0 asks for its length only.</param>
/// <param name="Reserved">Padding.</param>
public readonly record struct XattrRequest(uint Size, uint Reserved);

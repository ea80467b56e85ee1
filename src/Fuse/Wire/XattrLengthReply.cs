namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_getxattr_out</c>: reply to a GETXATTR or LISTXATTR of size 0.</summary>
/// <param name="Length">Length of the value or list in bytes.</param>
/// <param name="Reserved">Padding.</param>
public readonly record struct XattrLengthReply(uint Length, uint Reserved);

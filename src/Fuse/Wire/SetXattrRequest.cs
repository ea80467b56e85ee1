namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_setxattr_in</c> without its extension; the name and the value follow.</summary>
/// <param name="Size">Bytes of the value.</param>
/// <param name="Flags">What is expected.</param>
public readonly record struct SetXattrRequest(uint Size, XattrFlags Flags);

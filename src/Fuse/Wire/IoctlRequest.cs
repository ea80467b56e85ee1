namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_ioctl_in</c>: body of IOCTL; <paramref name="InputSize"/> bytes follow.</summary>
/// <param name="Handle">Handle of the open file.</param>
/// <param name="Flags"><c>FUSE_IOCTL_*</c>.</param>
/// <param name="Command">The ioctl's number, which holds its direction and size.</param>
/// <param name="Argument">The caller's third argument.</param>
/// <param name="InputSize">Bytes that the caller passes in.</param>
/// <param name="OutputSize">Room for the answer in bytes.</param>
public readonly record struct IoctlRequest(ulong Handle, uint Flags, uint Command, ulong Argument, uint InputSize, uint OutputSize);

/// <summary><c>fuse_ioctl_out</c>: reply to IOCTL; the answer's bytes follow.</summary>
/// <param name="Result">What ioctl(2) returns.</param>
/// <param name="Flags">0.</param>
/// <param name="InputVectors">0.</param>
/// <param name="OutputVectors">0.</param>
public readonly record struct IoctlReply(int Result, uint Flags, uint InputVectors, uint OutputVectors);

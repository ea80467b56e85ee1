namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_open_out</c>.</summary>
/// <param name="Handle">Comes back in requests about the open file.</param>
/// <param name="Flags">How the kernel may treat it.</param>
/// <param name="BackingId">For passthrough.</param>
public readonly record struct OpenReply(ulong Handle, OpenFlags Flags, uint BackingId);

namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_lseek_out</c>.</summary>
/// <param name="Offset">Byte offset found.</param>
public readonly record struct SeekReply(ulong Offset);

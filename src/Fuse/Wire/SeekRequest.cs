namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_lseek_in</c>.</summary>
/// <param name="Handle">What OPEN gave.</param>
/// <param name="Offset">Byte offset to begin at.</param>
/// <param name="Whence">What to look for.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct SeekRequest(ulong Handle, ulong Offset, SeekWhence Whence, uint Padding);

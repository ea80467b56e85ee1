namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_write_out</c>: reply to WRITE and COPY_FILE_RANGE.</summary>
/// <param name="Size">Bytes written.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct WriteReply(uint Size, uint Padding);

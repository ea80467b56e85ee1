namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_out_header</c>: begins every reply.</summary>
/// <param name="Length">Bytes of the whole reply, this header included.</param>
/// <param name="Error">0, or an errno negated.</param>
/// <param name="Unique">The request's number.</param>
public readonly record struct ReplyHeader(uint Length, int Error, ulong Unique);

namespace CondaFuse.Tree;

/// <summary>Takes an extended attribute; both spans are valid until it returns.</summary>
/// <param name="name">The full name (<c>user.mime_type</c>).</param>
/// <param name="value">The value.</param>
public delegate void XattrVisitor(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

namespace CondaFuse.Serving.Changing;

/// <summary>
/// Which extended attributes are kept. Not those of <c>system.</c>: an access control list that is stored and not obeyed would be worse than none.
/// </summary>
internal static class XattrNamespace
{
    internal static bool IsKept(ReadOnlySpan<byte> name) =>
        name.StartsWith("user."u8) || name.StartsWith("trusted."u8) || name.StartsWith("security."u8);
}

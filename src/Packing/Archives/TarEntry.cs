using CondaFuse.Tree;

namespace CondaFuse.Packing.Archives;

/// <summary>An entry of a tar archive.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Path">Its path; a directory's ends with <c>/</c>.</param>
/// <param name="LinkTarget">Where a link leads; empty for anything else.</param>
/// <param name="Size">Bytes of content behind the header.</param>
/// <param name="Attributes">The rest.</param>
internal readonly record struct TarEntry(TarEntryType Type, byte[] Path, byte[] LinkTarget, long Size, Attributes Attributes);

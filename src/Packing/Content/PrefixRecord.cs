namespace CondaFuse.Packing.Content;

/// <summary>A file in which <c>conda-unpack</c> is to put the prefix.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Placeholder">What stands where the prefix belongs.</param>
/// <param name="Mode">Text or binary.</param>
internal sealed record PrefixRecord(string Path, string Placeholder, PrefixMode Mode);

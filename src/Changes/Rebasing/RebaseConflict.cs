namespace CondaFuse.Changes.Rebasing;

/// <summary>A path to which both sides did something else.</summary>
/// <param name="Path">Components divided by <c>/</c>, none before the first.</param>
/// <param name="Here">What the layer did.</param>
/// <param name="There">What the image's later generations did.</param>
public sealed record RebaseConflict(ReadOnlyMemory<byte> Path, SideChange Here, SideChange There);

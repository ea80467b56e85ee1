namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_batch_forget_in</c>; the nodes follow.</summary>
/// <param name="Count">How many nodes follow.</param>
/// <param name="Dummy">Unused.</param>
public readonly record struct BatchForgetRequest(uint Count, uint Dummy);

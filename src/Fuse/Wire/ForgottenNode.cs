namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_forget_one</c>.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Count">How many of the replies that told of it are forgotten.</param>
public readonly record struct ForgottenNode(ulong NodeId, ulong Count);

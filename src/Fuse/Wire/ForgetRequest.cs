namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_forget_in</c>.</summary>
/// <param name="Count">How many of the replies that told of the node are forgotten.</param>
public readonly record struct ForgetRequest(ulong Count);

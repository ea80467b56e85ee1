namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_link_in</c>; the new name follows.</summary>
/// <param name="NodeId">The node that gets the name.</param>
public readonly record struct LinkRequest(ulong NodeId);

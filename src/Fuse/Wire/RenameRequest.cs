namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_rename_in</c>; the old and the new name follow.</summary>
/// <param name="NewDirectory">Where the new name is.</param>
public readonly record struct RenameRequest(ulong NewDirectory);

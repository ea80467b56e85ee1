namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_rename2_in</c>; the old and the new name follow.</summary>
/// <param name="NewDirectory">Where the new name is.</param>
/// <param name="Flags">How.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct Rename2Request(ulong NewDirectory, RenameFlags Flags, uint Padding);

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A name in a directory of the image to be.</summary>
internal readonly record struct PlannedName(byte[] Name, PlannedInode Inode);

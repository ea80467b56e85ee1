namespace CondaFuse.Tree;

/// <summary>Room for changes where they are kept.</summary>
/// <param name="TotalBytes">Size of that file system.</param>
/// <param name="FreeBytes">Free for its owner.</param>
/// <param name="AvailableBytes">Free for this user.</param>
public readonly record struct FreeSpace(long TotalBytes, long FreeBytes, long AvailableBytes);

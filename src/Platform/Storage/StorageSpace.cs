namespace CondaFuse.Platform;

/// <summary>Room on a file system.</summary>
/// <param name="TotalBytes">Its size.</param>
/// <param name="FreeBytes">Free for its owner.</param>
/// <param name="AvailableBytes">Free for this user.</param>
public readonly record struct StorageSpace(long TotalBytes, long FreeBytes, long AvailableBytes);

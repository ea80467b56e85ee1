namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A block that an earlier generation of the image has stored.</summary>
/// <param name="Position">Where it starts.</param>
/// <param name="Size">Its size, as lists of blocks have it; 0 for none.</param>
internal readonly record struct StoredPlace(long Position, uint Size);

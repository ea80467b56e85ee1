namespace CondaFuse.Images;

/// <summary>What a generation changed.</summary>
/// <param name="Added">Entries that the generation before did not have.</param>
/// <param name="AddedBytes">Lengths of the files among them.</param>
/// <param name="Changed">Entries whose attributes, content or names differ.</param>
/// <param name="ChangedBytes">Lengths of the files among them whose content differs.</param>
/// <param name="Removed">Entries of the generation before that are gone.</param>
/// <param name="RemovedBytes">Lengths of the files among them.</param>
public readonly record struct GenerationDifference(long Added, long AddedBytes, long Changed, long ChangedBytes, long Removed, long RemovedBytes);

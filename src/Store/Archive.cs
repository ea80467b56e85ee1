namespace CondaFuse.Store;

/// <summary>An environment's archive.</summary>
/// <param name="Name">The environment's name.</param>
/// <param name="Path">The file, as the user would write it.</param>
/// <param name="Format">Its format, by its extension.</param>
public sealed record Archive(EnvironmentName Name, string Path, ArchiveFormat Format);

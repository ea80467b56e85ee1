namespace CondaFuse.Store;

/// <summary>How much was changed in an environment since its archive was written.</summary>
/// <param name="Changes">Operations.</param>
/// <param name="Bytes">Bytes that they take.</param>
public sealed record PendingAmount(long Changes, long Bytes);

namespace CondaFuse.Compression;

/// <summary>An option of a codec beside its level.</summary>
/// <param name="Name">Its name: <c>dict-size</c>.</param>
/// <param name="Values">What it takes, for a person.</param>
public sealed record CodecOption(string Name, string Values);

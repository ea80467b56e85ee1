namespace CondaFuse.Compression;

/// <summary>A codec that cannot be set up on this machine: no memory for its context, or a library built without it.</summary>
/// <param name="message">What could not be had.</param>
public sealed class CodecException(string message) : Exception(message);

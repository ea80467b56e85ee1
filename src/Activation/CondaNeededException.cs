namespace CondaFuse.Activation;

/// <summary>A setting or an argument that only conda itself understands; the message names it.</summary>
public sealed class CondaNeededException(string message) : Exception(message);

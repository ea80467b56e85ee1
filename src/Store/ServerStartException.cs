namespace CondaFuse.Store;

/// <summary>A server that said why it could not start.</summary>
/// <param name="exitCode">Its exit code.</param>
/// <param name="message">Its reason.</param>
public sealed class ServerStartException(int exitCode, string message) : StoreException(StoreFault.Server, message)
{
    /// <summary>Its exit code: what the program as a whole should end with.</summary>
    public int ExitCode { get; } = exitCode;
}

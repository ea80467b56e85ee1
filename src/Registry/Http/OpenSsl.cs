using System.Runtime.InteropServices;

namespace CondaFuse.Registry.Http;

/// <summary>The system's OpenSSL, which TLS and SHA-256 of the framework need. The framework ends the process if it is missing.</summary>
internal static class OpenSsl
{
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1"];

    /// <exception cref="RegistryException"><see cref="RegistryFault.Unsupported"/>.</exception>
    public static void Demand()
    {
        if (!Array.Exists(Names, IsThere))
        {
            throw new RegistryException(RegistryFault.Unsupported, "OpenSSL is not installed here; registries need its library libssl")
            {
                Hint = "apt-get install libssl3 (Fedora: dnf install openssl-libs)",
            };
        }
    }

    private static bool IsThere(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var library))
        {
            return false;
        }

        NativeLibrary.Free(library);
        return true;
    }
}

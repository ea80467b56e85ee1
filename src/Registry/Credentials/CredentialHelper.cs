using System.Text;
using System.Text.Json;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Registry.Credentials;

/// <summary>
/// Runs a credential helper: the program <c>docker-credential-NAME</c> reads the server's name from its standard input and prints JSON. The user
/// named it in a file in their home directory.
/// </summary>
/// <param name="settings">PATH and the environment.</param>
internal sealed class CredentialHelper(RegistrySettings settings)
{
    private const int MaxOutput = 64 << 10;

    /// <summary>Helpers give this name where there is a token instead of a user.</summary>
    private const string TokenUser = "<token>";

    /// <summary>The credential that a helper has for a server; null if it has none.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Denied"/>: there is no such helper, or it answers something else.</exception>
    public Credential? Ask(string name, string server)
    {
        var program = $"docker-credential-{name}";
        var path = name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? settings.SearchPath.Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, program)).FirstOrDefault(ExecutableFile.Exists)
            : null;
        if (path is null)
        {
            throw new RegistryException(RegistryFault.Denied, $"the credential helper {program} is not on PATH");
        }

        var (code, output) = Run(path, program, server);
        return code == 0
            ? CredentialOf(output) ?? throw new RegistryException(RegistryFault.Denied, $"the credential helper {program} answered no credential")
            : null; // it has none, or the user did not unlock it
    }

    private (int Code, byte[] Output) Run(string path, string program, string server)
    {
        var (inputReader, inputWriter) = Pipes.Create();
        var (outputReader, outputWriter) = Pipes.Create();
        using (inputReader)
        using (inputWriter)
        using (outputReader)
        using (outputWriter)
        {
            var child = ChildProcess.Start(new SpawnRequest
            {
                Program = path,
                Arguments = [program, "get"],
                Environment = settings.Environment,
                Descriptors = new Dictionary<int, SafeFileHandle> { [0] = inputReader, [1] = outputWriter },
            });
            inputReader.Dispose();
            outputWriter.Dispose();
            try
            {
                using (var input = new FileStream(inputWriter, FileAccess.Write, bufferSize: 0))
                {
                    input.Write(Encoding.UTF8.GetBytes(server));
                }
            }
            catch (IOException)
            {
                // It ended without reading; its code says why.
            }

            using var output = new FileStream(outputReader, FileAccess.Read, bufferSize: 0);
            var bytes = new byte[MaxOutput];
            var length = output.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            output.Dispose();
            return (child.Wait(), bytes[..length]);
        }
    }

    private static Credential? CredentialOf(byte[] output)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            var (user, secret) = (json.RootElement.GetProperty("Username").GetString(), json.RootElement.GetProperty("Secret").GetString());
            return (user, secret) switch
            {
                (null, _) or (_, null) => null,
                (TokenUser, _) => new Credential { IdentityToken = secret },
                _ => new Credential { User = user, Password = secret },
            };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}

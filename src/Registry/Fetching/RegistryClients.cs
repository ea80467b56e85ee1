using CondaFuse.Registry.Distribution;

namespace CondaFuse.Registry.Fetching;

/// <summary>The connections to repositories, kept for the next request. One that fails is opened again.</summary>
internal sealed class RegistryClients : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Settings, string Repository), Task<RegistryClient>> _clients = [];

    /// <summary>The client for the repository of a reference.</summary>
    public async Task<RegistryClient> OpenAsync(
        RegistryReference reference, string settingsName, RegistrySettings settings, CancellationToken cancellation)
    {
        Task<RegistryClient>? opening;
        lock (_gate)
        {
            if (!_clients.TryGetValue((settingsName, reference.RepositoryText), out opening) || opening.IsFaulted || opening.IsCanceled)
            {
                opening = _clients[(settingsName, reference.RepositoryText)] = RegistryClient.OpenAsync(settings, reference, CancellationToken.None);
            }
        }

        return await opening.WaitAsync(cancellation);
    }

    /// <summary>Opens the client of a repository again at the next use: other credentials may be stored, or the registry speaks TLS then.</summary>
    public void Forget(RegistryReference reference, string settingsName)
    {
        lock (_gate)
        {
            _clients.Remove((settingsName, reference.RepositoryText));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var client in _clients.Values.Where(client => client.IsCompletedSuccessfully))
            {
                client.Result.Dispose();
            }

            _clients.Clear();
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CondaFuse.Registry.Http;

namespace CondaFuse.Registry.Distribution;

/// <summary>One repository of a registry (OCI distribution specification 1.1).</summary>
internal sealed class RegistryClient : IDisposable
{
    /// <summary>Registries need not accept longer manifests.</summary>
    public const int MaxManifest = 4 << 20;

    private const int MaxTagPage = 4 << 20;
    private const int MaxTagPages = 100;
    private readonly RegistryConnection _connection;
    private readonly RegistryReference _reference;

    private RegistryClient(RegistryConnection connection, RegistryReference reference) => (_connection, _reference) = (connection, reference);

    public RegistryConnection Connection => _connection;

    public RegistryReference Reference => _reference;

    /// <summary>What reading needs permission for.</summary>
    public string PullScope => $"repository:{_reference.Repository}:pull";

    /// <summary>What writing needs permission for.</summary>
    public string PushScope => $"repository:{_reference.Repository}:pull,push";

    public static async Task<RegistryClient> OpenAsync(RegistrySettings settings, RegistryReference reference, CancellationToken cancellation) =>
        new(await RegistryConnection.OpenAsync(settings, reference, cancellation), reference);

    /// <summary>An address below the repository.</summary>
    public Uri At(string path) => _connection.At($"/v2/{_reference.Repository}/{path}");

    public Uri BlobAt(Hash digest) => At($"blobs/{digest}");

    /// <summary>Reads a manifest.</summary>
    /// <param name="name">A tag or a digest.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>Its bytes and their digest; null if there is none of that name, or no such repository.</returns>
    /// <exception cref="RegistryException">Another failure; a digest that does not match is <see cref="RegistryFault.Damaged"/>.</exception>
    public async Task<(byte[] Content, Hash Digest)?> FindManifestAsync(string name, CancellationToken cancellation)
    {
        using var answer = await ManifestAsync(name, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await DemandAsync(answer, $"read the manifest {_reference.RepositoryText}:{name}", cancellation);
        var content = await _connection.ReadAsync(answer, MaxManifest, $"the manifest {name}", cancellation);
        var digest = Hash.Of(content);
        return Hash.TryParse(name) is { } wanted && wanted != digest
            ? throw Damaged($"the manifest {wanted}", digest)
            : (content, digest);
    }

    /// <summary>Reads the manifest that the reference names.</summary>
    /// <exception cref="RegistryException">As above; <see cref="RegistryFault.NotFound"/>.</exception>
    public async Task<(byte[] Content, Hash Digest)> ReadManifestAsync(CancellationToken cancellation) =>
        await FindManifestAsync(_reference.ManifestName, cancellation)
        ?? throw new RegistryException(RegistryFault.NotFound, $"the registry has no {_reference}")
        {
            Hint = $"condafuse tags {_reference.RepositoryText} lists what there is",
        };

    /// <summary>Reads a small blob and compares it with its digest.</summary>
    /// <exception cref="RegistryException">It is longer than it or the limit says, damaged, or missing.</exception>
    public async Task<byte[]> ReadBlobAsync(Descriptor blob, int limit, CancellationToken cancellation)
    {
        if (blob.Size > limit)
        {
            throw new RegistryException(
                RegistryFault.Damaged, $"{_reference}: the blob {blob.Digest} claims {blob.Size} bytes; {limit} are the limit");
        }

        using var answer = await GetBlobAsync(blob, range: null, (int)blob.Size, cancellation);
        var content = await _connection.ReadAsync(answer, (int)blob.Size, $"the blob {blob.Digest}", cancellation);
        return Hash.Of(content) is var digest && digest == blob.Digest ? content : throw Damaged($"the blob {blob.Digest}", digest);
    }

    /// <summary>Asks for a blob or a part of it.</summary>
    /// <returns>The answer with status 200, or 206 if a range was asked for.</returns>
    public Task<HttpResponseMessage> GetBlobAsync(Descriptor blob, RangeHeaderValue? range, CancellationToken cancellation) =>
        GetBlobAsync(blob, range, bodyLimit: null, cancellation);

    private async Task<HttpResponseMessage> GetBlobAsync(Descriptor blob, RangeHeaderValue? range, int? bodyLimit, CancellationToken cancellation)
    {
        var answer = await _connection.SendAsync(
            new RegistryRequest(HttpMethod.Get, BlobAt(blob.Digest), PullScope) { Range = range, BodyLimit = bodyLimit }, cancellation);
        try
        {
            await DemandAsync(answer, $"read the blob {blob.Digest} of {_reference}", cancellation);
            return answer.StatusCode == HttpStatusCode.OK || (range is not null && answer.StatusCode == HttpStatusCode.PartialContent)
                ? answer
                : throw new RegistryException(RegistryFault.Refused, $"{_reference}: a blob was answered with {(int)answer.StatusCode}");
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>Whether the repository has a blob.</summary>
    public async Task<bool> HasBlobAsync(Hash digest, CancellationToken cancellation)
    {
        using var answer = await _connection.SendAsync(new RegistryRequest(HttpMethod.Head, BlobAt(digest), PushScope), cancellation);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.NotFound => false,
            _ => throw await Failures.OfAsync(_connection, answer, $"look for a blob in {_reference.RepositoryText}", _reference, cancellation),
        };
    }

    /// <summary>Writes a manifest.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Conflict"/>: the registry does not let the tag change; or another
    /// failure.</exception>
    public async Task PutManifestAsync(string tag, byte[] manifest, CancellationToken cancellation)
    {
        using var answer = await _connection.SendAsync(
            new RegistryRequest(HttpMethod.Put, At($"manifests/{tag}"), PushScope)
            {
                ContentBytes = manifest.Length,
                Content = () => new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypes.Manifest) } },
            },
            cancellation);
        await DemandAsync(answer, $"write {_reference.RepositoryText}:{tag}", cancellation);
    }

    /// <summary>The tags of the repository, in order; texts that are no tags are left out.</summary>
    /// <exception cref="RegistryException">There is no such repository, or another failure.</exception>
    public async Task<IReadOnlyList<string>> TagsAsync(CancellationToken cancellation)
    {
        var tags = new SortedSet<string>(StringComparer.Ordinal);
        var page = At("tags/list");
        for (var pages = 0; pages < MaxTagPages; pages++)
        {
            using var answer = await _connection.SendAsync(
                new RegistryRequest(HttpMethod.Get, page, PullScope) { BodyLimit = MaxTagPage }, cancellation);
            await DemandAsync(answer, $"list the tags of {_reference.RepositoryText}", cancellation);
            var before = tags.Count;
            tags.UnionWith(TagsIn(await _connection.ReadAsync(answer, MaxTagPage, "the list of tags", cancellation)));
            if (NextPage(answer) is not { } next || tags.Count == before)
            {
                break;
            }

            page = _connection.Follow(page, next);
        }

        return [.. tags];
    }

    public void Dispose() => _connection.Dispose();

    private Task<HttpResponseMessage> ManifestAsync(string name, CancellationToken cancellation) =>
        _connection.SendAsync(
            new RegistryRequest(HttpMethod.Get, At($"manifests/{name}"), PullScope) { Accept = MediaTypes.Manifests, BodyLimit = MaxManifest },
            cancellation);

    private async Task DemandAsync(HttpResponseMessage answer, string doing, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw await Failures.OfAsync(_connection, answer, doing, _reference, cancellation);
        }
    }

    private RegistryException Damaged(string what, Hash found) =>
        new(RegistryFault.Damaged, $"{_reference}: {what} has other content ({found}); the registry or a proxy changed it");

    private IEnumerable<string> TagsIn(byte[] page)
    {
        try
        {
            using var json = JsonDocument.Parse(page);
            return json.RootElement.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
                ? [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)
                    .Where(RegistryReference.IsTag)]
                : [];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new RegistryException(RegistryFault.Refused, $"{_reference.RepositoryText}: the list of tags is not valid JSON", failure);
        }
    }

    /// <summary>The address in <c>Link: &lt;…&gt;; rel="next"</c>.</summary>
    private static Uri? NextPage(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Link", out var links))
        {
            return null;
        }

        var link = links.First();
        var (start, end) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
        return start >= 0 && end > start && Uri.TryCreate(link[(start + 1)..end], UriKind.RelativeOrAbsolute, out var next) ? next : null;
    }
}

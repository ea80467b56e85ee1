using System.Globalization;
using System.Net;
using CondaFuse.Registry.Http;

namespace CondaFuse.Registry.Distribution;

/// <summary>
/// Uploads a blob: as a whole in one PUT. If the registry refuses that, or the connection breaks, in chunks by PATCH, from where it got to.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="source">The blob.</param>
/// <param name="progress">Receives the number of bytes of the blob that were sent.</param>
internal sealed class BlobUpload(RegistryClient client, BlobSource source, Action<long> progress)
{
    /// <summary>GHCR accepts no larger chunk.</summary>
    private const long ChunkBytes = 4 << 20;

    /// <summary>The largest minimum of a registry that is honoured.</summary>
    private const long LargestChunk = 64 << 20;
    private const int MaxFailures = 5;

    private readonly RegistryConnection _connection = client.Connection;
    private long _chunk = ChunkBytes;

    private long Length => source.Blob.Size;

    /// <summary>Uploads the blob.</summary>
    /// <exception cref="RegistryException">The registry refused it, or could not be reached.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var session = await StartAsync(cancellation);
        if (await TryWholeAsync(session, cancellation) is not { } isBroken)
        {
            return;
        }

        for (var failures = isBroken ? 1 : 0; ;)
        {
            try
            {
                var (place, offset) = failures > 0 && await PositionAsync(session, cancellation) is { } known
                    ? known
                    : (await StartAsync(cancellation), 0);
                await ChunksAsync(place, offset, cancellation);
                return;
            }
            catch (Exception failure) when (
                Failures.MayPass(failure, cancellation) || failure is RegistryException { Fault: RegistryFault.Unreachable })
            {
                if (++failures >= MaxFailures)
                {
                    throw failure as RegistryException ?? Failures.Unreachable(session, failure);
                }

                await _connection.PauseAsync(failures, asked: null, cancellation);
            }
        }

        async Task ChunksAsync(Uri place, long offset, CancellationToken stop)
        {
            session = place;
            while (offset < Length)
            {
                var length = Math.Min(_chunk, Length - offset);
                (session, offset) = await ChunkAsync(session, offset, length, stop);
            }

            using var done = await SendAsync(HttpMethod.Put, WithDigest(session), 0, 0, stop);
            await DemandAsync(done, stop);
        }
    }

    /// <summary>Begins a session.</summary>
    private async Task<Uri> StartAsync(CancellationToken cancellation)
    {
        var target = client.At("blobs/uploads/");
        using var answer = await _connection.SendAsync(
            new RegistryRequest(HttpMethod.Post, target, client.PushScope) { Content = () => new ByteArrayContent([]) }, cancellation);
        await DemandAsync(answer, cancellation);
        if (answer.Headers.TryGetValues("OCI-Chunk-Min-Length", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var least))
        {
            _chunk = Math.Clamp(least, ChunkBytes, LargestChunk);
        }

        return _connection.Follow(target, answer.Headers.Location);
    }

    /// <returns>Null if it was uploaded; else whether the session can be resumed, because the connection broke, or the registry failed.</returns>
    private async Task<bool?> TryWholeAsync(Uri session, CancellationToken cancellation)
    {
        try
        {
            using var answer = await SendAsync(HttpMethod.Put, WithDigest(session), 0, Length, cancellation);
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                await DemandAsync(answer, cancellation);
            }

            return answer.IsSuccessStatusCode ? null : Failures.MayPass(answer.StatusCode);
        }
        catch (RegistryException failure) when (failure.Fault == RegistryFault.Unreachable)
        {
            return true;
        }
    }

    /// <summary>Sends a chunk; any success counts: the specification says 202, ECR answers 201.</summary>
    /// <returns>Where to send the next one, and its beginning.</returns>
    private async Task<(Uri Session, long Offset)> ChunkAsync(Uri session, long offset, long length, CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Patch, session, offset, length, cancellation);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && await PositionAsync(session, cancellation) is { } known
            && known.Offset != offset)
        {
            return known;
        }

        await DemandAsync(answer, cancellation);
        return (answer.Headers.Location is { } next ? _connection.Follow(session, next) : session, offset + length);
    }

    /// <summary>How far a session got; null if the registry does not know it any more.</summary>
    private async Task<(Uri Session, long Offset)?> PositionAsync(Uri session, CancellationToken cancellation)
    {
        using var answer = await _connection.SendAsync(new RegistryRequest(HttpMethod.Get, session, client.PushScope), cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        var next = answer.Headers.Location is { } location ? _connection.Follow(session, location) : session;
        if (!answer.Headers.TryGetValues("Range", out var ranges))
        {
            return (next, 0);
        }

        // "0-N" with the last byte that arrived; "0-0" also stands for nothing, and then the registry says so when it gets the second byte.
        var last = ranges.First().Split('-')[^1];
        return long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end) && end > 0 && end < Length
            ? (next, end + 1)
            : (next, 0);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri target, long offset, long length, CancellationToken cancellation) =>
        _connection.SendAsync(
            new RegistryRequest(method, target, client.PushScope)
            {
                IsRepeatable = false,
                ContentBytes = length,
                Content = () =>
                {
                    var part = source.Part(offset, length, progress);
                    if (method == HttpMethod.Patch)
                    {
                        // The specification's form of this header has no unit.
                        part.Headers.TryAddWithoutValidation(
                            "Content-Range", string.Create(CultureInfo.InvariantCulture, $"{offset}-{offset + length - 1}"));
                    }

                    return part;
                },
            },
            cancellation);

    private Uri WithDigest(Uri session)
    {
        var digest = $"digest={Uri.EscapeDataString(source.Blob.Digest.ToString())}";
        return new UriBuilder(session) { Query = session.Query is { Length: > 1 } own ? $"{own[1..]}&{digest}" : digest }.Uri;
    }

    private async Task DemandAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw await Failures.OfAsync(
                _connection, answer, $"upload to {client.Reference.RepositoryText}", client.Reference, cancellation);
        }
    }
}

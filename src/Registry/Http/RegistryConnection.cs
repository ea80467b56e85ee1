using System.Net;
using System.Security.Authentication;

namespace CondaFuse.Registry.Http;

/// <summary>
/// Sends requests to one registry: with its credentials, again after failures that may pass, along redirects, and in bounded time. The credentials
/// never go to another host, port or scheme.
/// </summary>
internal sealed class RegistryConnection : IDisposable
{
    private const int MaxRedirects = 5;
    private readonly RegistrySettings _settings;
    private readonly Transport _transport;
    private readonly Authorizer _authorizer;
    private readonly Uri _origin;

    private RegistryConnection(RegistrySettings settings, Transport transport, Uri origin, string registry)
    {
        (_settings, _transport, _origin) = (settings, transport, origin);
        _authorizer = new Authorizer(settings, registry, transport.Allows, SendOnceAsync);
    }

    /// <summary>Finds out whether the registry speaks TLS. Only for this machine, or if the user allows it, plain http does as well.</summary>
    /// <exception cref="RegistryException">It cannot be reached.</exception>
    public static async Task<RegistryConnection> OpenAsync(RegistrySettings settings, RegistryReference reference, CancellationToken cancellation)
    {
        var secure = new Uri($"https://{reference.Endpoint}/");
        var transport = new Transport(settings, reference.Registry);
        try
        {
            if (!transport.AllowsPlain(secure))
            {
                return new RegistryConnection(settings, transport, secure, reference.Registry);
            }

            using var connection = new CancellationTokenSource(settings.RetryPolicy.Connecting, settings.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, connection.Token);
            try
            {
                using var message = new HttpRequestMessage(HttpMethod.Head, new Uri(secure, "/v2/"));
                using var answer = await transport.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            }
            catch (HttpRequestException failure) when (
                failure.HttpRequestError == HttpRequestError.SecureConnectionError && !transport.SawCertificate)
            {
                return new RegistryConnection(
                    settings, transport, new UriBuilder(secure) { Scheme = "http", Port = reference.PlainPort }.Uri, reference.Registry);
            }
            catch (Exception failure) when (Failures.MayPass(failure, cancellation))
            {
                // The first request meets the same, tries again and reports it.
            }

            return new RegistryConnection(settings, transport, secure, reference.Registry);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>An address of the registry.</summary>
    public Uri At(string path) => new(_origin, path);

    /// <summary>An address that the registry named, relative to another one.</summary>
    /// <exception cref="RegistryException">Requests may not go there.</exception>
    public Uri Follow(Uri from, Uri? location)
    {
        var target = location is null
            ? throw new RegistryException(RegistryFault.Refused, $"{_origin.Authority} named no address to go on at")
            : new Uri(from, location);
        return _transport.Allows(target) && !(from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps)
            ? target
            : throw new RegistryException(
                RegistryFault.Refused, $"{_origin.Authority} sends requests on to {Failures.Show(target)}, which is not secure");
    }

    /// <summary>Sends a request. A failure that may pass is met with another attempt.</summary>
    /// <returns>The answer, whatever its status; its body has not been read unless the request says so.</returns>
    /// <exception cref="RegistryException">There was no answer, or <see cref="RegistryFault.Denied"/>: no valid credentials.</exception>
    public async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isLast = attempt >= _settings.RetryPolicy.Attempts || !request.IsRepeatable;
            TimeSpan? asked = null;
            try
            {
                var answer = await SendAuthorizedAsync(request, cancellation);
                if (isLast || !Failures.MayPass(answer.StatusCode))
                {
                    return request.BodyLimit is { } limit && answer.IsSuccessStatusCode
                        ? await ReceivedAsync(answer, limit, request.Target, cancellation)
                        : answer;
                }

                asked = Failures.RetryAfter(answer, _settings.Clock);
                answer.Dispose();
            }
            catch (Exception failure) when (Failures.MayPass(failure, cancellation))
            {
                if (isLast || failure.InnerException is AuthenticationException) // a certificate does not get better
                {
                    throw Failures.Unreachable(request.Target, failure);
                }
            }

            await PauseAsync(attempt, asked, cancellation);
        }
    }

    /// <summary>Reads the whole body of an answer.</summary>
    /// <exception cref="RegistryException">It is longer than the limit.</exception>
    public async Task<byte[]> ReadAsync(HttpResponseMessage answer, int limit, string what, CancellationToken cancellation)
    {
        using var body = await BodyOfAsync(answer, cancellation);
        return await body.ReadAllAsync(limit, what, cancellation);
    }

    /// <summary>The body of an answer.</summary>
    public async Task<Body> BodyOfAsync(HttpResponseMessage answer, CancellationToken cancellation) =>
        new(await answer.Content.ReadAsStreamAsync(cancellation), _settings.RetryPolicy, _settings.Clock);

    /// <summary>Waits before another attempt.</summary>
    public Task PauseAsync(int attempt, TimeSpan? asked, CancellationToken cancellation) =>
        Task.Delay(_settings.RetryPolicy.Pause(attempt, asked), _settings.Clock, cancellation);

    public void Dispose() => _transport.Dispose();

    private async Task<HttpResponseMessage> SendAuthorizedAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var target = request.Target;
        var renewed = false;
        for (var redirects = 0; ;)
        {
            var isOurs = IsOrigin(target);
            var message = request.ToMessage(target);
            message.Headers.Authorization = isOurs ? _authorizer.HeaderFor(request.Scope) : null;
            var answer = await SendOnceAsync(message, request.ContentBytes, cancellation);
            if (answer.StatusCode == HttpStatusCode.Unauthorized && isOurs && !renewed)
            {
                renewed = true;
                using (answer)
                {
                    await _authorizer.RenewAsync(answer, request.Scope, cancellation);
                }
            }
            else if (request.FollowsRedirects && IsRedirect(answer.StatusCode))
            {
                using (answer)
                {
                    target = ++redirects <= MaxRedirects
                        ? Follow(target, answer.Headers.Location)
                        : throw new RegistryException(
                            RegistryFault.Refused, $"{_origin.Authority} redirects a request more than {MaxRedirects} times");
                }
            }
            else
            {
                return answer;
            }
        }
    }

    /// <summary>An answer with its body in memory.</summary>
    private async Task<HttpResponseMessage> ReceivedAsync(HttpResponseMessage answer, int limit, Uri target, CancellationToken cancellation)
    {
        try
        {
            var content = await ReadAsync(answer, limit, Failures.Show(target), cancellation);
            answer.Content.Dispose();
            answer.Content = new ByteArrayContent(content);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect
        or HttpStatusCode.PermanentRedirect;

    private bool IsOrigin(Uri target) => (target.Scheme, target.Host, target.Port) == (_origin.Scheme, _origin.Host, _origin.Port);

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage message, long bytes, CancellationToken cancellation)
    {
        using (message)
        {
            using var deadline = new CancellationTokenSource(_settings.RetryPolicy.For(bytes), _settings.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
            try
            {
                return await _transport.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            }
            catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException("it did not answer in time", late);
            }
        }
    }
}

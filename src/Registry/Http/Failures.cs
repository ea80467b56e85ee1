using System.Net;
using System.Text.Json;

namespace CondaFuse.Registry.Http;

/// <summary>What failed requests mean.</summary>
internal static class Failures
{
    private const int MaxBody = 16 << 10;
    private const int MaxMessage = 300;

    /// <summary>Whether a request may succeed a moment later.</summary>
    public static bool MayPass(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
        or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Whether an exception is a failure of the network, which may pass.</summary>
    public static bool MayPass(Exception failure, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested
        && failure is HttpRequestException or IOException or TimeoutException or OperationCanceledException;

    /// <summary>How long the registry asks to wait.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer, TimeProvider clock) =>
        answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null;

    /// <summary>An address without its query, which may hold a signature.</summary>
    public static string Show(Uri target) => target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>There was no answer.</summary>
    public static RegistryException Unreachable(Uri target, Exception failure)
    {
        var (why, hint) = failure switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => (
                "its name is not known", "check the name and the network"),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (
                $"no secure connection ({Innermost(failure)})",
                "--ca FILE trusts the registry's own certificate authority, --insecure any certificate"),
            HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => (
                $"the proxy refused ({failure.Message})", "check HTTPS_PROXY and NO_PROXY"),
            _ => (Innermost(failure), (string?)null),
        };
        return new RegistryException(RegistryFault.Unreachable, $"cannot reach {target.Authority}: {why}", failure) { Hint = hint };
    }

    /// <summary>The failure for an answer that is not the expected one.</summary>
    /// <param name="connection">Reads the body.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="doing">What was wanted: <c>read the manifest of X</c>.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async Task<RegistryException> OfAsync(
        RegistryConnection connection, HttpResponseMessage answer, string doing, RegistryReference reference, CancellationToken cancellation)
    {
        var (code, message) = await MessageAsync(connection, answer, cancellation);
        var status = (int)answer.StatusCode;
        var said = message.Length > 0 ? $"{status}, {message}" : $"{status}";
        return (answer.StatusCode, code) switch
        {
            (HttpStatusCode.NotFound, _) => new RegistryException(
                RegistryFault.NotFound, $"cannot {doing}: the registry has no such content ({said})")
            {
                Hint = "the repository may be missing or hidden without credentials, or retention has removed its content",
            },
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new RegistryException(
                RegistryFault.Denied, $"cannot {doing}: the registry denies access ({said})") { Hint = LoginHint(reference.Registry) },
            (_, "TAG_INVALID" or "TAG_IMMUTABLE" or "IMAGE_TAG_ALREADY_EXISTS") or (HttpStatusCode.Conflict, _) => new RegistryException(
                RegistryFault.Conflict, $"cannot {doing}: the registry does not let the tag change ({said})") { Hint = "push another tag" },
            var (other, _) when MayPass(other) => new RegistryException(
                RegistryFault.Unreachable, $"cannot {doing}: the registry is overloaded or broken ({said})") { Hint = "try again later" },
            _ => new RegistryException(RegistryFault.Refused, $"cannot {doing}: the registry answered {said}"),
        };
    }

    /// <summary>What to do about missing or wrong credentials.</summary>
    public static string LoginHint(string registry) => $"podman login {registry}, or docker login {registry}; their credentials are used here";

    private static string Innermost(Exception failure)
    {
        while (failure is not TimeoutException && failure.InnerException is { } inner)
        {
            failure = inner;
        }

        return failure.Message.TrimEnd('.');
    }

    /// <summary>The code and message of the first error in a body (distribution specification, "Error Codes"); empty if there is none.</summary>
    private static async Task<(string Code, string Message)> MessageAsync(
        RegistryConnection connection, HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            using var json = JsonDocument.Parse(await connection.ReadAsync(answer, MaxBody, "an error", cancellation));
            var first = json.RootElement.GetProperty("errors")[0];
            return (Text(first, "code"), Text(first, "message"));
        }
        catch (Exception failure) when (
            failure is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or RegistryException
            || MayPass(failure, cancellation))
        {
            return ("", "");
        }

        static string Text(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text
                ? text[..Math.Min(text.Length, MaxMessage)]
                : "";
    }
}
